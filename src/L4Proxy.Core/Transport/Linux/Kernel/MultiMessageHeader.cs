using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary><c>struct mmsghdr</c> of 64-bit Linux (recvmmsg(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MultiMessageHeader
{
    public MessageHeader Message;

    /// <summary>Bytes of the datagram that was received or sent.</summary>
    public uint Length;
}
