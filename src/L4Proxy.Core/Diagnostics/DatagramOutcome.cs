namespace L4Proxy.Diagnostics;

/// <summary>What became of a datagram: the tag <c>outcome</c> of <c>l4proxy.datagrams</c>.</summary>
internal enum DatagramOutcome
{
    /// <summary>Sent on.</summary>
    Relayed,

    /// <summary>No route takes it, or its route rejects.</summary>
    NoRoute,

    /// <summary>The firewall of the endpoint or of the route does not admit its sender.</summary>
    FirewallDenied,

    /// <summary>It would have started a flow over <c>Limits:MaxSessions</c>.</summary>
    SessionsFull,

    /// <summary>It would have started a flow over <c>Limits:MaxConnections</c> of the endpoint or the route.</summary>
    ConnectionLimitReached,

    /// <summary>It would have started a flow over <c>Limits:MaxConnectionsPerClient</c> of the endpoint or the route.</summary>
    ClientLimitReached,

    /// <summary>It would have started a flow over <c>Limits:ConnectionRate</c> of the endpoint or the route.</summary>
    ConnectionRateReached,

    /// <summary>It would have started a flow, and there are too few descriptors.</summary>
    DescriptorsFull,

    /// <summary>Longer than <c>Udp:MaxDatagram</c>, or than the way carries.</summary>
    TooLarge,

    /// <summary>Too many came before the flow's destination was connected.</summary>
    QueueFull,

    /// <summary>The system had no room to send it, or no way.</summary>
    NotSent,

    /// <summary>The endpoint takes no new flows: it was removed, or the host stops.</summary>
    Closing,
}
