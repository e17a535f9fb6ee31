using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Addresses;

namespace L4Proxy.ProxyProtocol;

/// <summary>Reads a header of version 1 (PROXY protocol, section 2.1).</summary>
/// <remarks>
/// <code>
/// PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n
/// PROXY UNKNOWN whatever\r\n
/// </code>
/// </remarks>
internal static class ProxyHeaderV1
{
    /// <summary>Of a line with its CRLF: two of the longest addresses and ports after UNKNOWN.</summary>
    private const int MaxLength = 107;

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>What a header begins with.</summary>
    public static ReadOnlySpan<byte> Signature => "PROXY "u8;

    /// <summary>Reads what begins with <see cref="Signature"/>.</summary>
    public static ProxyHeaderResult Parse(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes[..Math.Min(bytes.Length, MaxLength)];
        var rest = bytes[Signature.Length..];
        if (!Fits(rest, "TCP4 "u8) && !Fits(rest, "TCP6 "u8) && !Fits(rest, "UNKNOWN"u8))
            return ProxyHeaderResult.Invalid("neither TCP4, TCP6 nor UNKNOWN");
        var end = rest.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 || rest[end..] is [(byte)'\r'])
            return bytes.Length < MaxLength ? ProxyHeaderResult.NeedMore : ProxyHeaderResult.Invalid("no CRLF within 107 bytes");
        if (!rest[end..].StartsWith("\r\n"u8))
            return ProxyHeaderResult.Invalid("a CR or LF by itself");
        return TryReadLine(rest[..end], out var header)
            ? ProxyHeaderResult.Found(header, Signature.Length + end + 2)
            : ProxyHeaderResult.Invalid("not two addresses and two ports");
    }

    private static bool Fits(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start) => bytes.StartsWith(start) || start.StartsWith(bytes);

    private static bool TryReadLine(ReadOnlySpan<byte> line, out ProxyHeader header)
    {
        header = new ProxyHeader { Version = 1 };
        if (line.StartsWith("UNKNOWN"u8))
            return line.Length == "UNKNOWN".Length || line["UNKNOWN".Length] == ' '; // The rest is to be ignored.
        var fields = Encoding.Latin1.GetString(line).Split(' ');
        var family = fields[0] == "TCP4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        if (fields.Length != 5
            || !TryReadAddress(fields[1], family, out var source) || !TryReadAddress(fields[2], family, out var destination)
            || !TryReadPort(fields[3], out var sourcePort) || !TryReadPort(fields[4], out var destinationPort))
            return false;
        header = new ProxyHeader
        {
            Version = 1,
            Source = new IPEndPoint(source, sourcePort),
            Destination = new IPEndPoint(destination, destinationPort),
        };
        return true;
    }

    private static bool TryReadAddress(string text, AddressFamily family, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.AsSpan().ContainsAnyExcept(AddressCharacters) || !AddressRange.TryParseAddress(text, out var parsed) || parsed.AddressFamily != family)
            return false;
        address = parsed;
        // The IPv4 address inside of an IPv6 one, as inet_ntop writes it: IPAddress takes zeros in front of its numbers.
        return !text.Contains('.', StringComparison.Ordinal) || AddressRange.TryParseAddress(text[(text.LastIndexOf(':') + 1)..], out _);
    }

    private static bool TryReadPort(string text, out ushort port) =>
        // Zeros in front and zero bytes behind are taken for padding.
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port.ToString(CultureInfo.InvariantCulture) == text;
}
