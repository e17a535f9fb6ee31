namespace L4Proxy.Prefaces;

/// <summary>What a client's first bytes say so far. The default is what no bytes say: anything is possible.</summary>
internal readonly struct PrefaceInfo
{
    /// <summary>Protocols that it is; more bytes never take one back.</summary>
    public KnownProtocols Recognised { get; init; }

    /// <summary>Protocols that it is not; more bytes never take one back.</summary>
    public KnownProtocols RuledOut { get; init; }

    /// <summary>Protocols that more bytes may show it to be.</summary>
    public KnownProtocols Possible => KnownProtocols.All & ~(Recognised | RuledOut);

    /// <summary>The hello of a TLS client, once it is whole and can be decoded.</summary>
    public ClientHello? ClientHello { get; init; }

    /// <summary>Whether it is TLS and the rest of its hello is still to come.</summary>
    public bool ClientHelloPending { get; init; }

    /// <summary>Whether there is no hello yet, but more bytes may bring one.</summary>
    public bool MayBringClientHello => ClientHelloPending || (Possible & KnownProtocols.Tls) != KnownProtocols.None;
}
