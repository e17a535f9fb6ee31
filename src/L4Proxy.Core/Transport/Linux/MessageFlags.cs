namespace L4Proxy.Transport.Linux;

/// <summary>The <c>MSG_</c> flags used here.</summary>
[Flags]
internal enum MessageFlags
{
    None = 0,

    /// <summary>In: report a datagram's real length. Out: it was cut.</summary>
    Truncated = 0x20,
    DoNotWait = 0x40,

    /// <summary>Receive from the queue of ICMP errors (ip(7), IP_RECVERR).</summary>
    ErrorQueue = 0x2000,
}
