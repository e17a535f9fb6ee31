using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Providers.Importing;

/// <summary>Addresses and blocks of them.</summary>
internal static class SourceRange
{
    /// <summary>Reads one.</summary>
    /// <param name="text">It.</param>
    /// <param name="range">The same without bits that are none of the block's.</param>
    /// <param name="bits">How many bits are the block's.</param>
    public static bool TryRead(string text, out string range, out int bits)
    {
        (range, bits) = ("", 0);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text[..slash], out var address) || text.AsSpan().ContainsAny('[', '%'))
            return false;
        var most = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        bits = most;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out bits) || bits > most))
            return false;
        range = slash < 0 ? address.ToString() : $"{Masked(address, bits)}/{bits.ToString(CultureInfo.InvariantCulture)}";
        return true;
    }

    private static IPAddress Masked(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xFF00 >> Math.Clamp(bits - (i * 8), 0, 8));
        return new IPAddress(bytes);
    }
}
