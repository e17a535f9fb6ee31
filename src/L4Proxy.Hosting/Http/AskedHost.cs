using Microsoft.AspNetCore.Http;

namespace L4Proxy.Http;

/// <summary>The host of a request as the client wrote it. ASP.NET's own makes letters of Punycode, and throws at what is none.</summary>
internal static class AskedHost
{
    /// <summary>It, perhaps with a port.</summary>
    public static string Of(HttpRequest request) => request.Headers.Host.ToString();

    /// <summary>Without the port. What has several colons and no brackets has none.</summary>
    public static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> host)
    {
        if (host.IndexOf(']') is var bracket and > 0)
            return host[..(bracket + 1)];
        var colon = host.IndexOf(':');
        return colon >= 0 && colon < host.Length - 1 && !host[(colon + 1)..].Contains(':') ? host[..colon] : host;
    }
}
