using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.HaProxy;

/// <summary>A <c>bind</c>: addresses to listen on, and what is said of them.</summary>
/// <param name="Urls">The addresses, as endpoints have them.</param>
/// <param name="Endpoint">What all of them are.</param>
internal sealed record HaProxyBind(IReadOnlyList<string> Urls, L4Endpoint Endpoint)
{
    private static readonly string[] s_everyone = ["0.0.0.0/0", "::/0"];

    private static readonly string[] s_silent =
        ["tfo", "defer-accept", "no-sslv3", "no-tlsv10", "no-tlsv11", "no-tls-tickets", "prefer-client-ciphers", "v4v6", "tls-ticket-keys", "allow-0rtt"];

    // What is of the process, with a value.
    private static readonly string[] s_silentWithValue = ["process", "thread", "shards", "nice", "id", "level", "expose-fd"];

    /// <summary>What its endpoints are called; null where it says nothing.</summary>
    public string? Name { get; private init; }

    private bool IsTls => Endpoint.Certificates is not null;

    /// <summary>Reads one.</summary>
    public static HaProxyBind Read(HaProxyLine line, HaProxyBlock block)
    {
        var bind = new HaProxyBind([], new());
        for (var i = 2; i < line.Words.Count; i++)
            bind = bind.With(line, ref i, block);
        if (line.Words.Any(word => word.Text == "ssl") && !bind.IsTls)
            block.Lost(line, "TLS ends here, and no certificate is said: it is not carried over.");
        else
            bind = bind with { Urls = [.. line[1].Split(',').Select(address => bind.Url(line, address, block)).OfType<string>()] };
        return bind;
    }

    private HaProxyBind With(HaProxyLine line, ref int i, HaProxyBlock block)
    {
        var (word, value) = (line[i], line[i + 1]);
        if (s_silent.Contains(word) || word == "ssl")
            return this;
        i++;
        if (s_silentWithValue.Contains(word) || (word == "ssl-min-ver" && value == "TLSv1.2") || (word == "verify" && value == "none"))
            return this;
        switch (word)
        {
            case "name":
                return this with { Name = value };
            case "backlog" when HaProxyUnits.TryNumber(value, out var backlog) && backlog is > 0 and < 65536:
                return this with { Endpoint = Endpoint with { Backlog = backlog } };
            case "mode":
                return this with { Endpoint = Endpoint with { Mode = value } };
            case "crt" when !value.EndsWith('/'):
                return this with { Endpoint = Endpoint with { Certificates = [.. Endpoint.Certificates ?? [], new() { Path = value }] } };
            case "alpn":
                return this with { Endpoint = Endpoint with { Alpn = value.Split(',') } };
            case "ca-file":
                return this with { Endpoint = Endpoint with { ClientCertificate = (Endpoint.ClientCertificate ?? new()) with { Ca = value } } };
            case "verify" when value is "required" or "optional":
                var mode = value == "required" ? L4ClientCertificateMode.Required : L4ClientCertificateMode.Optional;
                return this with { Endpoint = Endpoint with { ClientCertificate = (Endpoint.ClientCertificate ?? new()) with { Mode = mode } } };
            default:
                return Flag(line, ref i, word, value, block);
        }
    }

    private HaProxyBind Flag(HaProxyLine line, ref int i, string word, string value, HaProxyBlock block)
    {
        if (word is "crt" or "crt-list" or "maxconn" or "interface" or "ciphers" or "ciphersuites" or "curves" or "ecdhe" or "tcp-ut" or "mss" or "ssl-min-ver" or "ssl-max-ver"
            or "crl-file" or "crt-ignore-err" or "ca-ignore-err" or "namespace" or "proto" or "user" or "group" or "uid" or "gid" or "gname")
        {
            block.Lost(line, $"Nothing in L4Proxy is like '{word} {value}'.");
            return this;
        }
        i--;
        if (word == "accept-proxy")
            return this with { Endpoint = Endpoint with { ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = s_everyone } } };
        block.Lost(line, $"Nothing in L4Proxy is like '{word}'.");
        return this;
    }

    private string? Url(HaProxyLine line, string address, HaProxyBlock block)
    {
        if (UrlOf(line, address) is { } url)
            return url;
        block.Lost(line, $"'{address}': L4Proxy listens on an IP address or 'localhost' with a port or a range of ports, or on 'unix@/path', and resolves no name for it.");
        return null;
    }

    private string? UrlOf(HaProxyLine line, string address)
    {
        if (address.StartsWith("unix@/", StringComparison.Ordinal) || address.StartsWith('/'))
            return IsTls ? null : $"unix:{address[address.IndexOf('/', StringComparison.Ordinal)..]}";
        var text = address.StartsWith("ipv4@", StringComparison.Ordinal) || address.StartsWith("ipv6@", StringComparison.Ordinal) || address.StartsWith("tcp@", StringComparison.Ordinal)
            ? address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..] : address;
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !ArePorts(text[(colon + 1)..]) || HostOf(text[..colon], address.StartsWith("ipv6@", StringComparison.Ordinal)) is not { } host)
            return null;
        // Both families at once.
        if (host == "[::]" && line.Words.Any(word => word.Text == "v4v6"))
            host = "*";
        return $"{(IsTls ? "tls" : "tcp")}://{host}:{text[(colon + 1)..]}";
    }

    private static bool ArePorts(string text)
    {
        var ports = text.Split('-');
        return ports.Length <= 2 && ports.All(port => HaProxyUnits.TryNumber(port, out var number) && number is > 0 and < 65536)
            && int.Parse(ports[0], System.Globalization.CultureInfo.InvariantCulture) <= int.Parse(ports[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string? HostOf(string host, bool isIPv6) => host switch
    {
        "" or "*" => isIPv6 ? "[::]" : "0.0.0.0",
        "localhost" => host,
        _ => IPAddress.TryParse(host.StartsWith('[') && host.EndsWith(']') ? host[1..^1] : host, out var ip) && !host.Contains('%', StringComparison.Ordinal)
            ? ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString() : null,
    };
}
