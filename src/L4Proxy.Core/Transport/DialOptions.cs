namespace L4Proxy.Transport;

/// <summary>How a socket to a destination is set up.</summary>
/// <param name="ReceiveBuffer">SO_RCVBUF in bytes; null is the system's, of UDP at least <see cref="DatagramReceiveBuffer"/>.</param>
/// <param name="SendBuffer">SO_SNDBUF in bytes; null is the system's.</param>
/// <param name="UserTimeout">TCP_USER_TIMEOUT, where the system has it; zero is the system's.</param>
/// <param name="From">Source addresses; null is the system's choice.</param>
internal readonly record struct DialOptions(int? ReceiveBuffer = null, int? SendBuffer = null, TimeSpan UserTimeout = default, LocalAddresses? From = null)
{
    /// <summary>
    /// What a flow's socket asks the system for: Linux' own 208 KiB hold about 90 datagrams of a common size, and a burst of answers is
    /// longer. Without more rights the system gives up to its limit (net.core.rmem_max).
    /// </summary>
    public const int DatagramReceiveBuffer = 1024 * 1024;
}
