namespace L4Proxy.Transport.Linux;

/// <summary>The <c>MSG_</c> flags used here.</summary>
[Flags]
internal enum MessageFlags
{
    None = 0,

    /// <summary>Look without taking.</summary>
    Peek = 0x2,

    /// <summary>In: report a datagram's real length, or forget bytes of a stream. Out: a datagram was cut.</summary>
    Truncated = 0x20,
    DoNotWait = 0x40,

    /// <summary>An error instead of SIGPIPE.</summary>
    NoSignal = 0x4000,

    /// <summary>Receive from the queue of ICMP errors (ip(7), IP_RECVERR).</summary>
    ErrorQueue = 0x2000,
}
