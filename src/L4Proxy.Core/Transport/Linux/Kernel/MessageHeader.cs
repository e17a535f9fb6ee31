using System.Runtime.InteropServices;

namespace L4Proxy.Transport.Linux;

/// <summary>
/// <c>struct msghdr</c> of 64-bit Linux (recvmsg(2)). musl declares the two lengths narrower, with padding where
/// little-endian has their upper half, which is zero.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    public byte* Name;
    public uint NameLength;
    public IoVector* Vectors;
    public nuint VectorCount;
    public byte* Control;
    public nuint ControlLength;
    public int Flags;
}
