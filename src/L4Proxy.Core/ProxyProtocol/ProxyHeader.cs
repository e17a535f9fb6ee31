using System.Collections.Immutable;
using System.Net;

namespace L4Proxy.ProxyProtocol;

/// <summary>What a PROXY header said, version 1 or 2 (PROXY protocol, sections 2.1 and 2.2).</summary>
public sealed class ProxyHeader
{
    /// <summary>The version it was written in.</summary>
    /// <value>1 or 2.</value>
    public required int Version { get; init; }

    /// <summary>Whether the sender speaks for itself, as a health probe does (<c>LOCAL</c> of version 2): there are no addresses.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The client's address.</summary>
    /// <value>Null for <c>LOCAL</c>, <c>UNKNOWN</c> and families that are not read.</value>
    public EndPoint? Source { get; init; }

    /// <summary>The address that the client connected to.</summary>
    /// <value>Null where <see cref="Source"/> is.</value>
    public EndPoint? Destination { get; init; }

    /// <summary>What a version 2 header says beside the addresses, in its order.</summary>
    /// <value>Empty for version 1.</value>
    public ImmutableArray<ProxyTlv> Tlvs { get; init; } = [];
}
