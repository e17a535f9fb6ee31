using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Destinations;

namespace L4Proxy.Providers.Nginx;

/// <summary>Addresses as nginx writes them.</summary>
internal static class NginxAddress
{
    /// <summary>An address or a block of them.</summary>
    /// <param name="text">It.</param>
    /// <param name="range">The same without bits that are none of the block's.</param>
    /// <param name="bits">How many bits are the block's.</param>
    public static bool TryRange(string text, out string range, out int bits)
    {
        (range, bits) = ("", 0);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address) || text.Contains('[', StringComparison.Ordinal) || text.Contains('%', StringComparison.Ordinal))
            return false;
        var most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        bits = most;
        if (slash >= 0 && (!NginxUnits.TryNumber(text[(slash + 1)..], out bits) || bits > most))
            return false;
        range = slash < 0 ? address.ToString() : $"{Masked(address, bits)}/{bits.ToString(CultureInfo.InvariantCulture)}";
        return true;
    }

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

    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xFF00 >> Math.Clamp(bits - (i * 8), 0, 8));
        return new IPAddress(bytes);
    }
}
