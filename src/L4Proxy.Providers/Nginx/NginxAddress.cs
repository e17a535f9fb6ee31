using System.Diagnostics.CodeAnalysis;
using System.Net;
using L4Proxy.Destinations;

namespace L4Proxy.Providers.Nginx;

/// <summary>Addresses as nginx writes them.</summary>
internal static class NginxAddress
{
    /// <summary>Where connections go: <c>host:port</c>, <c>[v6]:port</c>, <c>unix:/path</c>; variables that are known here are taken already.</summary>
    public static bool TryDial(string text, [NotNullWhen(true)] out string? address)
    {
        var dialled = text.Replace("$server_port", "{port}", StringComparison.Ordinal);
        if (dialled.StartsWith("unix:", StringComparison.Ordinal))
            dialled = dialled.TrimEnd(':');
        address = !dialled.Contains('$', StringComparison.Ordinal)
            && !dialled.StartsWith("srv:", StringComparison.OrdinalIgnoreCase) && !dialled.StartsWith("service:", StringComparison.OrdinalIgnoreCase)
            && DestinationAddress.TryParse(dialled, out _, out _) ? dialled : null;
        return address is not null;
    }

    /// <summary>The host of what is dialled, where it is a name.</summary>
    public static string? NameOf(string address)
    {
        var colon = address.LastIndexOf(':');
        return colon <= 0 || address.StartsWith("unix:", StringComparison.Ordinal) || IPAddress.TryParse(address[..colon].Trim('[', ']'), out _) ? null : address[..colon];
    }
}
