namespace L4Proxy.Diagnostics;

/// <summary>Which side ended a session by an <see cref="L4EndReason"/>.</summary>
internal enum EndSide
{
    /// <summary>Neither: both were done, or it went to somebody else.</summary>
    None,

    /// <summary>The client, by what it did or did not do.</summary>
    Client,

    /// <summary>The destination, or that there is none.</summary>
    Destination,

    /// <summary>The proxy: by its configuration, a limit, or because it stops.</summary>
    Proxy,
}
