using L4Proxy.Prefaces.Http;

namespace L4Proxy.Prefaces;

/// <summary>What a client's first bytes say so far. The default is what no bytes say: anything is possible.</summary>
internal readonly struct PrefaceInfo
{
    /// <summary>Protocols that it is; more bytes never take one back.</summary>
    public ProtocolSet Recognised { get; init; }

    /// <summary>Protocols that it is not; more bytes never take one back.</summary>
    public ProtocolSet RuledOut { get; init; }

    /// <summary>Those of <see cref="Recognised"/> that more bytes will say more of.</summary>
    public ProtocolSet Pending { get; init; }

    /// <summary>What the protocol says, once it is whole and can be decoded.</summary>
    public object? Content { get; init; }

    /// <summary>Protocols that more bytes may show it to be; a datagram shows at once what it is.</summary>
    public ProtocolSet Possible => PrefaceParsers.OfStreams & ~(Recognised | RuledOut);

    /// <summary>The hello of a TLS or QUIC client.</summary>
    public ClientHello? ClientHello => Content as ClientHello;

    /// <summary>The first request of a plaintext HTTP client.</summary>
    public HttpRequest? HttpRequest => Content as HttpRequest;

    /// <summary>Whether there is no hello yet, but more bytes may bring one.</summary>
    public bool MayBringClientHello => MayBring(PrefaceParsers.WithClientHello);

    /// <summary>Whether more bytes may bring what a protocol says.</summary>
    public bool MayBring(ProtocolSet protocol) => (Pending | Possible).HasAny(protocol);
}
