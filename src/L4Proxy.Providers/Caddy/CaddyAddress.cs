using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace L4Proxy.Providers.Caddy;

/// <summary>Caddy's network addresses: <c>[network/]host:port[-port]</c>, and <c>unix//path</c>.</summary>
internal static class CaddyAddress
{
    /// <summary>Reads one to listen on, as the <c>Url</c> of an endpoint.</summary>
    /// <param name="text">It.</param>
    /// <param name="resolve">Looks a name up.</param>
    /// <param name="url">The URL.</param>
    /// <param name="error">Why there is none.</param>
    public static bool TryParseListen(string text, Func<string, IPAddress?> resolve, [NotNullWhen(true)] out string? url, [NotNullWhen(false)] out string? error)
    {
        (url, error) = (null, null);
        var (network, address) = Split(text);
        if (network == "unix" && address.StartsWith('/'))
        {
            url = $"unix:{address}";
            return true;
        }
        if (network is not ("tcp" or "tcp4" or "tcp6" or "udp" or "udp4" or "udp6"))
            error = $"L4Proxy does not listen on '{network}/'.";
        else if (!TrySplitPort(address, out var host, out var ports))
            error = "It needs a port, or a range of ports.";
        else if (HostOf(host, network, resolve) is not { } listened)
            error = $"'{host}' is no address of this machine that is known here: write the address.";
        else
            url = $"{network[..3]}://{listened}:{ports}";
        return url is not null;
    }

    /// <summary>Reads one to dial, as the <c>Address</c> of a destination.</summary>
    /// <param name="text">It.</param>
    /// <param name="isUdp">Whether it is dialled over UDP.</param>
    /// <param name="address">The address; placeholders in it are as they were.</param>
    /// <param name="error">Why it is none.</param>
    public static bool TryParseDial(string text, out bool isUdp, [NotNullWhen(true)] out string? address, [NotNullWhen(false)] out string? error)
    {
        (address, error) = (null, null);
        var (network, rest) = Split(text);
        isUdp = network.StartsWith("udp", StringComparison.Ordinal);
        if (network == "unix" && rest.StartsWith('/'))
            address = $"unix:{rest}";
        else if (network is not ("tcp" or "tcp4" or "tcp6" or "udp" or "udp4" or "udp6"))
            error = $"L4Proxy does not dial '{network}/'.";
        else if (!TrySplitPort(rest, out var host, out var port) || host.Length == 0 || port.Contains('-', StringComparison.Ordinal))
            error = "It needs a host and one port.";
        else
            address = $"{host}:{port}";
        return address is not null;
    }

    private static (string Network, string Address) Split(string text) =>
        text.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && text[..slash].All(char.IsAsciiLetterOrDigit) ? (text[..slash], text[(slash + 1)..]) : ("tcp", text);

    private static bool TrySplitPort(string address, out string host, out string ports)
    {
        var colon = address.LastIndexOf(':');
        (host, ports) = colon < 0 ? (address, "") : (address[..colon], address[(colon + 1)..]);
        return colon >= 0 && ports.Length > 0 && ports.All(letter => char.IsAsciiDigit(letter) || letter == '-');
    }

    private static string? HostOf(string host, string network, Func<string, IPAddress?> resolve) => host switch
    {
        "" => network[3..] switch { "4" => "0.0.0.0", "6" => "[::]", _ => "*" },
        "localhost" => host,
        ['[', .. var inside, ']'] => IPAddress.TryParse(inside, out _) ? host : null,
        _ => IPAddress.TryParse(host, out var ip) ? TextOf(ip) : resolve(host) is { } found ? TextOf(found) : null,
    };

    private static string TextOf(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
