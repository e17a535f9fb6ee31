using System.Diagnostics.CodeAnalysis;

namespace L4Proxy.Configuration;

/// <summary>The <c>Mode</c> of a Unix endpoint: octal, as <c>chmod</c> takes it.</summary>
internal static class EndpointMode
{
    /// <summary>Reads a <c>Mode</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UnixFileMode mode)
    {
        mode = default;
        // Set-user-ID and the like mean nothing on a socket.
        if (text is not ({ Length: 3 } or { Length: 4 } and ['0', ..]) || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
            return false;
        mode = (UnixFileMode)Convert.ToInt32(text, 8);
        return true;
    }
}
