using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace L4Proxy.LoadGenerator;

/// <summary>The kernel's <c>sockaddr_in</c>.</summary>
[StructLayout(LayoutKind.Sequential, Size = Length)]
internal readonly struct InternetAddress(IPEndPoint endPoint)
{
    public const int Length = 16;

    private readonly ushort _family = LibC.Internet;
    private readonly ushort _port = InNetworkOrder((ushort)endPoint.Port);
    private readonly uint _address = BitConverter.ToUInt32(endPoint.Address.GetAddressBytes());

    private static ushort InNetworkOrder(ushort port) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(port) : port;
}
