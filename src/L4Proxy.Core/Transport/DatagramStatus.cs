namespace L4Proxy.Transport;

/// <summary>How an operation on a datagram socket ended. Ordinary network ends are values, not exceptions.</summary>
internal enum DatagramStatus : byte
{
    /// <summary>It worked: one datagram was moved, or there is something to receive.</summary>
    Ok,

    /// <summary>Nothing to receive, or no room to send in: the datagram was not taken.</summary>
    WouldBlock,

    /// <summary>The datagram is longer than the protocol or the path carries; it was not sent.</summary>
    TooLarge,

    /// <summary>Nobody listens on the peer's port (ICMP port unreachable). Where a send says it, that datagram was not sent.</summary>
    Refused,

    /// <summary>The peer's host or network cannot be reached (ICMP, or this machine's own routes). Where a send says it, that datagram was not sent.</summary>
    Unreachable,

    /// <summary>This process or machine has no descriptor, port or memory left for it.</summary>
    Exhausted,

    /// <summary>The local address is not of this machine (EADDRNOTAVAIL).</summary>
    NoLocalAddress,

    /// <summary>This side closed the socket.</summary>
    Closed,

    /// <summary>Anything else: an address that cannot be used, a packet filter.</summary>
    Failed,
}
