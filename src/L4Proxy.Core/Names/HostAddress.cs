using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Names;

/// <summary>The syntax of an IP address in the place of a host name (RFC 3986 section 3.2.2).</summary>
internal static class HostAddress
{
    private const int LongestIPv6 = 45;

    /// <summary>Reads one; of IPv6 with or without brackets.</summary>
    /// <param name="text">The text.</param>
    /// <param name="address">As it is always written: that of IPv6 short, and in brackets.</param>
    public static bool TryNormalise(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        if (text is ['[', .., ']'])
            return TryNormaliseIPv6(text[1..^1], out address);
        if (text.Contains(':'))
            return TryNormaliseIPv6(text, out address);
        // 127.1 and 0x7f.1 are addresses for some, and names for others.
        if (!IPAddress.TryParse(text, out var read) || !text.SequenceEqual(read.ToString()))
            return false;
        address = text.ToString();
        return true;
    }

    private static bool TryNormaliseIPv6(ReadOnlySpan<char> text, [NotNullWhen(true)] out string? address)
    {
        address = null;
        // A zone is the client's own, and means nothing here.
        if (text.Length > LongestIPv6 || text.ContainsAny('%', '[', ']')
            || !IPAddress.TryParse(text, out var read) || read.AddressFamily != AddressFamily.InterNetworkV6)
            return false;
        address = $"[{read}]";
        return true;
    }
}
