using System.Buffers;
using System.Text;
using L4Proxy.Names;

namespace L4Proxy.Prefaces.Http;

/// <summary>The host that a request names, in <c>Host</c>, <c>:authority</c> or its target (RFC 9110 section 7.2, RFC 3986 section 3.2).</summary>
/// <remarks>
/// <code>
/// a.example.com         A.Example.com.:8080 is the same
/// 192.0.2.1             192.0.2.1:80
/// [2001:db8::1]         [2001:DB8:0::1]:80
/// </code>
/// </remarks>
internal static class HttpHost
{
    private const int LongestPort = 5;
    private const string NoPort = "names a host with something behind it that is no port";
    private const string NoHost = "names a host that is neither a name nor an address";

    /// <summary>Reads it; null where it is empty.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? Read(ReadOnlySpan<byte> text, out string? host)
    {
        host = null;
        if (text.IsEmpty)
            return null;
        var end = text[0] == '[' ? text.IndexOf((byte)']') + 1 : text.IndexOf((byte)':');
        if (text[0] == '[' && end == 0)
            return NoHost;
        var name = end < 0 ? text : text[..end];
        if (!IsPort(text[name.Length..]))
            return NoPort;
        return TryRead(name, out host) ? null : NoHost;
    }

    private static bool TryRead(ReadOnlySpan<byte> name, out string? host)
    {
        host = null;
        Span<char> lower = stackalloc char[HostName.MaxLength];
        if (name.EndsWith("."u8))
            name = name[..^1];
        if (Ascii.ToLower(name, lower, out var length) != OperationStatus.Done)
            return false;
        lower = lower[..length];
        if (lower.StartsWith('[') || HostName.LooksLikeAddress(lower))
            return HostAddress.TryNormalise(lower, out host);
        if (!HostName.IsName(lower))
            return false;
        host = lower.ToString();
        return true;
    }

    private static bool IsPort(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text[0] == ':' && text.Length <= 1 + LongestPort && !text[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
}
