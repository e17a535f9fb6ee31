using System.Net;
using L4Proxy.Destinations;

namespace L4Proxy.Providers.HaProxy;

/// <summary>A <c>server</c>, with what <c>default-server</c> says before it.</summary>
/// <param name="Line">Where it is said.</param>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where it is, as a destination has it.</param>
/// <param name="Options">What else is said, by its word; empty texts where a word stands alone.</param>
internal sealed record HaProxyServer(HaProxyLine Line, string Name, string Address, IReadOnlyDictionary<string, string> Options)
{
    private static readonly HashSet<string> s_alone = new(StringComparer.Ordinal)
    {
        "check", "backup", "disabled", "enabled", "send-proxy", "send-proxy-v2", "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn", "ssl", "check-ssl", "check-send-proxy", "agent-check",
        "tfo", "stick", "non-stick", "no-check", "no-backup", "no-ssl", "no-send-proxy", "no-send-proxy-v2", "no-check-ssl", "no-ssl-reuse", "no-tls-tickets", "allow-0rtt",
        "no-sslv3", "no-tlsv10", "no-tlsv11", "no-verifyhost", "check-via-socks4", "no-tfo",
    };

    private static readonly HashSet<string> s_valued = new(StringComparer.Ordinal)
    {
        "inter", "fastinter", "downinter", "rise", "fall", "port", "addr", "weight", "maxconn", "minconn", "maxqueue", "verify", "ca-file", "crl-file", "crt", "sni", "check-sni", "alpn",
        "check-alpn", "verifyhost", "on-error", "on-marked-down", "on-marked-up", "observe", "error-limit", "slowstart", "source", "usesrc", "interface", "resolvers", "resolve-prefer",
        "resolve-net", "resolve-opts", "init-addr", "id", "cookie", "track", "proxy-v2-options", "ciphers", "ciphersuites", "ssl-min-ver", "ssl-max-ver", "tcp-ut", "namespace", "socks4",
        "redir", "proto", "check-proto", "log-proto", "ws", "agent-port", "agent-inter", "agent-addr", "agent-send", "pool-low-conn", "pool-max-conn", "pool-purge-delay", "max-reuse",
    };

    public string? this[string option] => Options.GetValueOrDefault(option);

    public bool Has(string option) => Options.ContainsKey(option);

    /// <summary>The options from a word on, behind those that are there already.</summary>
    public static Dictionary<string, string> ReadOptions(HaProxyLine line, int at, IReadOnlyDictionary<string, string> before, HaProxyBlock block)
    {
        var options = new Dictionary<string, string>(before, StringComparer.Ordinal);
        for (var i = at; i < line.Words.Count; i++)
        {
            var word = line[i];
            if (word.StartsWith("no-", StringComparison.Ordinal))
                options.Remove(word[3..]);
            if (s_alone.Contains(word))
                options[word] = "";
            else if (s_valued.Contains(word))
                options[word] = line[++i];
            else
                block.Lost(line, $"Nothing in L4Proxy is like '{word}'.");
        }
        return options;
    }

    /// <summary>An address as a destination has it; null where it is none. Without a port, and with one that begins with a sign, it is made from the port that was connected to.</summary>
    public static string? AddressOf(string text)
    {
        if (text.StartsWith("unix@/", StringComparison.Ordinal) || text.StartsWith('/'))
            return Valid($"unix:{text[text.IndexOf('/', StringComparison.Ordinal)..]}");
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0 && text[..at] is not ("ipv4" or "ipv6" or "tcp"))
            return null;
        var address = text[(at + 1)..];
        var colon = address.EndsWith(']') ? -1 : address.LastIndexOf(':');
        var (host, port) = colon < 0 ? (address, "") : (address[..colon], address[(colon + 1)..]);
        if (host.Contains(':', StringComparison.Ordinal) && !host.StartsWith('['))
            host = $"[{host}]";
        if (host.Length == 0 || host == "*" || host.Contains('{', StringComparison.Ordinal) || host is "srv" or "service" || (IPAddress.TryParse(host, out var ip) && ip.Equals(IPAddress.Any)))
            return null;
        return Valid($"{host}:{(port is "" or "0" ? "{port}" : port[0] is '+' or '-' ? $"{{port{port}}}" : port)}");
    }

    private static string? Valid(string address) => DestinationAddress.TryParse(address, out _, out _) ? address : null;
}
