using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Addresses;

/// <summary>
/// A CIDR block, or one address: <c>10.0.0.0/8</c>, <c>192.0.2.1</c>, <c>2001:db8::/32</c>.
/// An IPv4 address inside IPv6 (<c>::ffff:192.0.2.1</c>, as a dual-mode socket reports it) is the IPv4 address.
/// </summary>
internal sealed class AddressRange
{
    // Both families live in one 128-bit space, IPv4 as ::ffff:0:0/96 (RFC 4291 section 2.5.5.2).
    private const int V4Bits = 96;

    private readonly UInt128 _network;
    private readonly UInt128 _mask;
    private readonly bool _isV4;

    private AddressRange(UInt128 network, int prefixLength, bool isV4)
    {
        _network = network;
        _mask = Mask(prefixLength);
        _isV4 = isV4;
        PrefixLength = prefixLength - (isV4 ? V4Bits : 0);
    }

    /// <summary>Bits of the network: 0 to 32, or 0 to 128.</summary>
    public int PrefixLength { get; }

    /// <summary>Whether it is of IPv4.</summary>
    public bool IsV4 => _isV4;

    /// <summary>The lowest address, as a number.</summary>
    public UInt128 First => _network;

    /// <summary>The highest address, as a number.</summary>
    public UInt128 Last => _network | ~_mask;

    /// <summary>Whether the address lies in the range. A zone (<c>%eth0</c>) is not looked at.</summary>
    public bool Contains(IPAddress address)
    {
        var value = ToNumber(address, out var isV4);
        return isV4 == _isV4 && (value & _mask) == _network;
    }

    /// <summary>Whether all of the other range lies in this one.</summary>
    public bool Contains(AddressRange other) =>
        other._isV4 == _isV4 && other.PrefixLength >= PrefixLength && (other._network & _mask) == _network;

    /// <summary>Reads a CIDR block or an address.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out AddressRange? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryParseAddress(slash < 0 ? text : text[..slash], out var address))
        {
            error = $"'{text}' is not an IP address or a CIDR block such as '10.0.0.0/8' or '2001:db8::/32'.";
            return false;
        }

        var number = ToNumber(address, out var isV4);
        var writtenBits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var prefix = writtenBits;
        if (slash >= 0 && !TryParsePrefix(text.AsSpan(slash + 1), writtenBits, out prefix))
        {
            error = $"'{text}' must have a prefix length of 0 to {writtenBits} after the '/'.";
            return false;
        }

        prefix += 128 - writtenBits;
        var network = number & Mask(prefix);
        if (network != number)
        {
            error = $"'{text}' has bits set after its prefix; the network would be '{Text(network, prefix, isV4 && prefix >= V4Bits)}'.";
            return false;
        }

        value = new AddressRange(network, prefix, isV4);
        error = null;
        return true;
    }

    /// <summary>Canonical form, always with the prefix length.</summary>
    public override string ToString() => Text(_network, PrefixLength + (_isV4 ? V4Bits : 0), _isV4);

    private static UInt128 Mask(int prefixLength) => prefixLength == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - prefixLength);

    /// <summary>An address as a number: of IPv4 its place among those of IPv6.</summary>
    public static UInt128 ToNumber(IPAddress address, out bool isV4)
    {
        Span<byte> bytes = stackalloc byte[16];
        isV4 = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[..10].Clear();
            bytes[10..12].Fill(0xFF);
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static string Text(UInt128 network, int prefixLength, bool isV4)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, network);
        var address = new IPAddress(isV4 ? bytes[12..] : bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{address}/{prefixLength - (isV4 ? V4Bits : 0)}");
    }

    /// <summary>Only the usual forms: <see cref="IPAddress.TryParse(string, out IPAddress)"/> alone also reads <c>10.1</c>, <c>012.0.0.1</c> and <c>[::1]:80</c>.</summary>
    internal static bool TryParseAddress(string text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        if (text.AsSpan().ContainsAny('[', ']', '%') || !IPAddress.TryParse(text, out var parsed))
            return false;
        if (parsed.AddressFamily == AddressFamily.InterNetwork && parsed.ToString() != text)
            return false;
        address = parsed;
        return true;
    }

    private static bool TryParsePrefix(ReadOnlySpan<char> text, int max, out int prefix) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= max && text.Length <= 3;
}
