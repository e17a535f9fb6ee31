namespace L4Proxy.Prefaces;

/// <summary>Protocols that are recognised by a client's first bytes.</summary>
[Flags]
internal enum KnownProtocols : ulong
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>TLS, by its ClientHello.</summary>
    Tls = 1 << 0,

    /// <summary>HTTP in plain text: a request of HTTP/1, or HTTP/2 with prior knowledge.</summary>
    Http = 1 << 1,

    /// <summary>SSH, by its identification.</summary>
    Ssh = 1 << 2,

    /// <summary>All of them.</summary>
    All = Tls | Http | Ssh,
}
