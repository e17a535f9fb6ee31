namespace L4Proxy.Store;

/// <summary>What a target of a record speaks.</summary>
internal enum TargetProtocol
{
    /// <summary>HTTP/1.1.</summary>
    Http,

    /// <summary>The same over TLS.</summary>
    Https,
}
