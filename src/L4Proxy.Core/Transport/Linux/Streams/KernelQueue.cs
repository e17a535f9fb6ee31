namespace L4Proxy.Transport.Linux;

/// <summary>What the kernel holds of a stream socket, in either direction (tcp(7), unix(7)).</summary>
internal static unsafe class KernelQueue
{
    private const nuint UnacknowledgedBytes = 0x5411; // SIOCOUTQ
    private const nuint UnsentBytes = 0x894B; // SIOCOUTQNSD
    private const int Tcp = 6;
    private const int TcpInfo = 11;
    // struct tcp_info: the state and seven more bytes, nine numbers, then tcpi_last_data_sent.
    private const byte Closed = 7;
    private const int LastDataSent = 44;
    private const int Looked = LastDataSent + sizeof(uint);

    /// <summary>What the peer has not acknowledged and still may, and since when nothing was sent.</summary>
    public static SendQueue Look(int descriptor)
    {
        var count = Count(descriptor, ofUnsent: false);
        var info = stackalloc byte[Looked];
        uint length = Looked;
        if (Syscalls.GetOption(descriptor, Tcp, TcpInfo, info, &length) != 0 || length < Looked)
            return new(count, null);
        // After an RST the count stays as it was.
        return count > 0 && *info != Closed ? new(count, null) : new(0, *(uint*)(info + LastDataSent));
    }

    /// <summary>How many bytes were not acknowledged, or not even sent, FIN counted as one.</summary>
    public static int Count(int descriptor, bool ofUnsent)
    {
        int count;
        return Syscalls.QueryDevice(descriptor, ofUnsent ? UnsentBytes : UnacknowledgedBytes, &count) == 0 ? count : 0;
    }

    /// <summary>Takes and forgets what has arrived; says how much.</summary>
    public static nint DiscardReceived(int descriptor)
    {
        // More than any receive buffer. With the flag tcp(7) copies nothing.
        const int most = 1 << 30;
        return Syscalls.Receive(descriptor, null, most, MessageFlags.Truncated | MessageFlags.DoNotWait);
    }
}
