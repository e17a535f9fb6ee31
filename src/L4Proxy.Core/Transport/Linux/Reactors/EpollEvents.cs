namespace L4Proxy.Transport.Linux.Reactors;

/// <summary>The <c>EPOLL</c> flags used here.</summary>
[Flags]
internal enum EpollEvents : uint
{
    None = 0,
    Readable = 0x1,

    /// <summary>Urgent data has come.</summary>
    Urgent = 0x2,
    Writable = 0x4,
    Error = 0x8,
    HangUp = 0x10,

    /// <summary>The peer has sent FIN.</summary>
    PeerClosed = 0x2000,

    /// <summary>Reset, or both sides have closed.</summary>
    Ended = Error | HangUp,
    EdgeTriggered = 0x80000000,
}
