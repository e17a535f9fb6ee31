using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace L4Proxy.Transport;

/// <summary>
/// An IP address and port as a value: the key that flows are found by. An IPv4 address inside IPv6
/// (<c>::ffff:192.0.2.1</c>, as a dual-stack socket reports it) is the IPv4 address. <c>default</c> is no address.
/// </summary>
internal readonly struct DatagramAddress : IEquatable<DatagramAddress>
{
    // IPv4 lives in IPv6 as ::ffff:0:0/96 (RFC 4291 section 2.5.5.2).
    private const ulong V4Prefix = 0xFFFF;

    // Where a socket address has its fields, family first; the same on every system (RFC 3493 section 3.3).
    private const int PortOffset = 2;
    private const int V4AddressOffset = 4;
    private const int V4Size = 16;
    private const int V6AddressOffset = 8;
    private const int V6ScopeOffset = 24;
    private const int V6Size = 28;

    private static readonly ulong[] s_hashKeys = MakeHashKeys();

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly uint _scope;
    private readonly ushort _port;

    /// <summary>An IPv6 address of 16 bytes (IPv4 as <c>::ffff:0:0/96</c>) in network order.</summary>
    public DatagramAddress(ReadOnlySpan<byte> v6Address, int port, uint scope = 0)
    {
        _high = BinaryPrimitives.ReadUInt64BigEndian(v6Address);
        _low = BinaryPrimitives.ReadUInt64BigEndian(v6Address[8..]);
        _port = (ushort)port;
        _scope = IsIPv4 ? 0 : scope;
    }

    private DatagramAddress(ulong high, ulong low, ushort port, uint scope)
    {
        _high = high;
        _low = low;
        _port = port;
        _scope = scope;
    }

    /// <summary>The longest socket address that <see cref="Write(Span{byte}, AddressFamily)"/> writes.</summary>
    public static int MaxSize => V6Size;

    public int Port => _port;

    /// <summary>The interface that a link-local address belongs to; 0 is none.</summary>
    public uint Scope => _scope;

    public bool IsIPv4 => _high == 0 && _low >> 32 == V4Prefix;

    /// <summary>Whether the address is fe80::/10, which means nothing without its <see cref="Scope"/>.</summary>
    public bool IsLinkLocal => _high >> 54 == 0xFE80 >> 6;

    /// <summary>Whether the address is ff00::/8 or 224.0.0.0/4, which nothing can be sent from.</summary>
    public bool IsMulticast => IsIPv4 ? (uint)_low >> 28 == 0xE : _high >> 56 == 0xFF;

    /// <summary>Whether there is no address: <c>::</c>, <c>0.0.0.0</c> or <c>default</c>.</summary>
    public bool IsUnspecified => _high == 0 && (_low == 0 || _low == V4Prefix << 32);

    /// <summary>The same host without its port.</summary>
    public DatagramAddress Host => new(_high, _low, 0, _scope);

    public static bool operator ==(DatagramAddress left, DatagramAddress right) => left.Equals(right);

    public static bool operator !=(DatagramAddress left, DatagramAddress right) => !left.Equals(right);

    public static DatagramAddress From(IPEndPoint endPoint)
    {
        var address = endPoint.Address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? FromV4(bytes, endPoint.Port)
            : new(bytes, endPoint.Port, (uint)address.ScopeId);
    }

    /// <summary>An IPv4 address of 4 bytes in network order.</summary>
    public static DatagramAddress FromV4(ReadOnlySpan<byte> v4Address, int port) =>
        new(0, (V4Prefix << 32) | BinaryPrimitives.ReadUInt32BigEndian(v4Address), (ushort)port, 0);

    /// <summary>Reads a <c>sockaddr_in</c> or <c>sockaddr_in6</c>; its first two bytes, which differ between systems, are not looked at.</summary>
    public static bool TryRead(ReadOnlySpan<byte> socketAddress, AddressFamily family, out DatagramAddress address)
    {
        address = default;
        if (socketAddress.Length < (family == AddressFamily.InterNetwork ? V4Size : V6Size))
            return false;
        var port = BinaryPrimitives.ReadUInt16BigEndian(socketAddress[PortOffset..]);
        address = family == AddressFamily.InterNetwork
            ? FromV4(socketAddress[V4AddressOffset..], port)
            : new(socketAddress[V6AddressOffset..], port, MemoryMarshal.Read<uint>(socketAddress[V6ScopeOffset..]));
        return true;
    }

    /// <summary>
    /// Writes a <c>sockaddr_in</c> or <c>sockaddr_in6</c> but for its first two bytes, which differ between systems. A
    /// socket of IPv6 takes an IPv4 address as an IPv6 one.
    /// </summary>
    /// <returns>Its length, or 0 when an IPv6 address is to go into a socket of IPv4.</returns>
    public int Write(Span<byte> socketAddress, AddressFamily family)
    {
        BinaryPrimitives.WriteUInt16BigEndian(socketAddress[PortOffset..], _port);
        if (family == AddressFamily.InterNetwork)
        {
            if (!IsIPv4)
                return 0;
            WriteV4(socketAddress[V4AddressOffset..]);
            socketAddress[8..V4Size].Clear();
            return V4Size;
        }
        socketAddress[4..V6AddressOffset].Clear(); // sin6_flowinfo
        WriteV6(socketAddress[V6AddressOffset..]);
        MemoryMarshal.Write(socketAddress[V6ScopeOffset..], _scope);
        return V6Size;
    }

    /// <summary>Writes the 4 bytes of an IPv4 address in network order.</summary>
    public void WriteV4(Span<byte> destination) => BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);

    /// <summary>Writes 16 bytes in network order, IPv4 as <c>::ffff:0:0/96</c>.</summary>
    public void WriteV6(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
    }

    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), _port);

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        WriteV6(bytes);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, _scope);
    }

    public bool Equals(DatagramAddress other) =>
        _low == other._low && _high == other._high && _port == other._port && _scope == other._scope;

    public override bool Equals(object? obj) => obj is DatagramAddress other && Equals(other);

    /// <summary>
    /// Multilinear over the 32-bit words with secret random keys, strongly universal (Lemire and Kaser, 2014): clients
    /// choose their ports, and often 64 bits of their address, but cannot choose what collides.
    /// </summary>
    public override int GetHashCode()
    {
        var keys = s_hashKeys;
        var sum = keys[0]
            + (keys[1] * (_high >> 32)) + (keys[2] * (uint)_high)
            + (keys[3] * (_low >> 32)) + (keys[4] * (uint)_low)
            + (keys[5] * _port) + (keys[6] * _scope);
        return (int)(sum >> 32);
    }

    public override string ToString() => ToIPEndPoint().ToString();

    private static ulong[] MakeHashKeys()
    {
        var keys = new ulong[7];
        RandomNumberGenerator.Fill(MemoryMarshal.AsBytes(keys.AsSpan()));
        return keys;
    }
}
