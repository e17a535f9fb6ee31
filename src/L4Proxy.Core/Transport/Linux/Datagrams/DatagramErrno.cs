namespace L4Proxy.Transport.Linux;

/// <summary>Says in the transport's words what an <c>errno</c> of a datagram socket means. The numbers are those of x64 and arm64 (asm-generic).</summary>
internal static class DatagramErrno
{
    private const int Interrupted = 4;
    private const int BadDescriptor = 9;
    private const int Again = 11;
    private const int NoMemory = 12;
    private const int AccessDenied = 13;
    private const int SystemFilesExhausted = 23;
    private const int FilesExhausted = 24;
    private const int Protocol = 71;
    private const int MessageTooLong = 90;
    private const int ProtocolUnavailable = 92;
    private const int AddressNotAvailable = 99;
    private const int NetworkDown = 100;
    private const int NetworkUnreachable = 101;
    private const int NoBufferSpace = 105;
    private const int TimedOut = 110;
    private const int ConnectionRefused = 111;
    private const int HostDown = 112;
    private const int HostUnreachable = 113;

    public static DatagramStatus Status(int errno) => errno switch
    {
        Again or Interrupted or NoMemory or NoBufferSpace => DatagramStatus.WouldBlock,
        MessageTooLong => DatagramStatus.TooLarge,
        ConnectionRefused => DatagramStatus.Refused,
        // The kernel's words for the other ICMP errors (icmp_err_convert, tab_unreach).
        HostUnreachable or NetworkUnreachable or HostDown or NetworkDown or TimedOut
            or AccessDenied or ProtocolUnavailable or Protocol => DatagramStatus.Unreachable,
        SystemFilesExhausted or FilesExhausted => DatagramStatus.Exhausted,
        BadDescriptor => DatagramStatus.Closed,
        AddressNotAvailable => DatagramStatus.NoLocalAddress,
        _ => DatagramStatus.Failed,
    };

    /// <summary>What it means when it is connect(2) that says so: EAGAIN is that no port is left.</summary>
    public static DatagramStatus ConnectStatus(int errno) =>
        Status(errno) is var status and not DatagramStatus.WouldBlock ? status : DatagramStatus.Exhausted;
}
