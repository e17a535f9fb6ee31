using System.Collections.Immutable;
using System.Net;

namespace L4Proxy.ProxyProtocol;

/// <summary>
/// What a PROXY header said, version 1 or 2 (PROXY protocol, sections 2.1 and 2.2). Nothing in it is authenticated: it is
/// as true as its sender, who is one of <c>ProxyProtocol:Trusted</c>.
/// </summary>
public sealed class ProxyHeader
{
    private const int MaxUniqueIdLength = 128;

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

    /// <summary>What a version 2 header says beside the addresses, in its order; without those that only fill (<c>PP2_TYPE_NOOP</c>).</summary>
    /// <value>Empty for version 1.</value>
    public ImmutableArray<ProxyTlv> Tlvs { get; init; } = [];

    /// <summary>The host name that the client asked for, mostly by its TLS (<c>PP2_TYPE_AUTHORITY</c>, section 2.2.2).</summary>
    /// <value>As it was sent; null if there is none, or if it is not UTF-8 or has control characters.</value>
    public string? Authority => field ??= ProxyTlvs.TextOf(Tlvs, ProxyTlvType.Authority);

    /// <summary>The application protocol that the client's TLS agreed on, such as <c>h2</c> (<c>PP2_TYPE_ALPN</c>, section 2.2.1).</summary>
    /// <value>Null if there is none, or if it is not UTF-8 or has control characters.</value>
    public string? Alpn => field ??= ProxyTlvs.TextOf(Tlvs, ProxyTlvType.Alpn);

    /// <summary>What the sender calls the connection (<c>PP2_TYPE_UNIQUE_ID</c>, section 2.2.5): any bytes.</summary>
    /// <value>At most 128 bytes; null if there is none, or a longer one.</value>
    public ReadOnlyMemory<byte>? UniqueId => Find(ProxyTlvType.UniqueId) is { Length: <= MaxUniqueIdLength } id ? id : default(ReadOnlyMemory<byte>?);

    /// <summary>What the sender says of the client's TLS, where it has terminated it (<c>PP2_TYPE_SSL</c>, section 2.2.6).</summary>
    /// <value>Null if it says nothing, or something that cannot be read.</value>
    public ProxySsl? Ssl => field ??= ProxySsl.Read(Find(ProxyTlvType.Ssl));

    /// <summary>The value of the first TLV of a type.</summary>
    /// <param name="type">The type, such as 0xEA for Amazon's own.</param>
    /// <returns>Null if there is none.</returns>
    public ReadOnlyMemory<byte>? Find(byte type) => ProxyTlvs.Find(Tlvs, type);
}
