namespace L4Proxy.Configuration;

/// <summary>What moves the bytes.</summary>
public enum L4TransportKind
{
    /// <summary>The best one that this system has.</summary>
    Auto,

    /// <summary>.NET sockets, on any system.</summary>
    Managed,

    /// <summary>Epoll reactors and <c>splice(2)</c>, on Linux.</summary>
    Linux,
}
