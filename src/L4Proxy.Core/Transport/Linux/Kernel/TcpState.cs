namespace L4Proxy.Transport.Linux;

/// <summary>What the kernel knows of a TCP socket's peer (tcp(7), TCP_INFO).</summary>
internal static unsafe class TcpState
{
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    private const byte Closed = 7; // TCP_CLOSE: after both FINs, or after an error.

    /// <summary>How the connection has failed, if both FINs are not the reason that it has ended; of anything but TCP nothing is known.</summary>
    public static TransportStatus FailureOf(int descriptor)
    {
        // struct tcp_info: state, ca_state, retransmits, probes.
        uint length = 4;
        var info = stackalloc byte[(int)length];
        if (Syscalls.GetOption(descriptor, Tcp, TcpInfo, info, &length) != 0 || info[0] != Closed)
            return TransportStatus.Ok;
        return (info[2] | info[3]) != 0 ? TransportStatus.Unreachable : TransportStatus.Reset;
    }
}
