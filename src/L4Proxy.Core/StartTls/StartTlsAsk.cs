namespace L4Proxy.StartTls;

/// <summary>What a client says in plaintext that may go on in TLS.</summary>
internal enum StartTlsAsk
{
    /// <summary>Nothing that is answered here: it goes on as it is.</summary>
    Nothing,

    /// <summary>More bytes will tell.</summary>
    NeedMore,

    /// <summary>It wants TLS.</summary>
    Tls,

    /// <summary>Another request, which is answered so that it goes on.</summary>
    Other,
}
