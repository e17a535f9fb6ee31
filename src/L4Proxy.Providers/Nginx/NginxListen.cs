using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.Nginx;

/// <summary>What a <c>listen</c> says.</summary>
/// <param name="Host">The host as an endpoint has it.</param>
/// <param name="Ports">One, or a range; empty for a Unix socket.</param>
internal sealed record NginxListen(string Host, string Ports)
{
    private static readonly TimeSpan s_keepAlive = TimeSpan.FromHours(2);

    public bool IsUdp { get; private init; }

    public bool IsTls { get; private init; }

    public bool IsDefault { get; private init; }

    public bool HasProxyHeader { get; private init; }

    /// <summary>Whether it takes IPv6 alone.</summary>
    public bool IsIPv6Only { get; private init; }

    /// <summary>What of the socket is said.</summary>
    public L4Endpoint Socket { get; private init; } = new();

    public string Url => Ports.Length == 0 ? Host : $"{(IsUdp ? "udp" : IsTls ? "tls" : "tcp")}://{Host}:{Ports}";

    /// <summary>Reads one; null where its address cannot be listened on here, which is said.</summary>
    public static NginxListen? Read(NginxDirective directive, NginxBlock server)
    {
        var listen = OfAddress(directive.First);
        if (listen is null)
            server.Lost("listen", $"'{directive.First}': L4Proxy listens on an IP address or 'localhost' with a port or a range of ports, and resolves no name for it.");
        foreach (var flag in directive.Arguments.Skip(1))
            listen = With(listen, flag, server);
        return listen;
    }

    private static NginxListen? OfAddress(string text)
    {
        if (text.StartsWith("unix:/", StringComparison.Ordinal))
            return text.Contains('"', StringComparison.Ordinal) ? null : new(text, "");
        var colon = text.EndsWith(']') ? -1 : text.LastIndexOf(':');
        var (host, ports) = colon < 0 ? ("*", text) : (text[..colon], text[(colon + 1)..]);
        if (!ArePorts(ports) || HostOf(host) is not { } listened)
            return null;
        return new(listened, ports) { IsIPv6Only = listened == "[::]" };
    }

    private static bool ArePorts(string text)
    {
        var ports = text.Split('-');
        return ports.Length <= 2 && ports.All(port => NginxUnits.TryNumber(port, out var number) && number is > 0 and < 65536)
            && int.Parse(ports[0], System.Globalization.CultureInfo.InvariantCulture) <= int.Parse(ports[^1], System.Globalization.CultureInfo.InvariantCulture);
    }

    // A star is IPv4 alone.
    private static string? HostOf(string host) => host switch
    {
        "*" => "0.0.0.0",
        "localhost" => host,
        ['[', .. var inside, ']'] => IPAddress.TryParse(inside, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 && ip.ScopeId == 0 ? $"[{ip}]" : null,
        _ => IPAddress.TryParse(host, out var ip) && ip.AddressFamily == AddressFamily.InterNetwork ? ip.ToString() : null,
    };

    private static NginxListen? With(NginxListen? listen, string flag, NginxBlock server)
    {
        var (name, value) = flag.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals ? (flag[..equals], flag[(equals + 1)..]) : (flag, "");
        switch (name)
        {
            case "udp":
                return listen is null ? null : listen with { IsUdp = true };
            case "ssl":
                return listen is null ? null : listen with { IsTls = true };
            case "default_server":
                return listen is null ? null : listen with { IsDefault = true };
            case "proxy_protocol":
                return listen is null ? null : listen with { HasProxyHeader = true };
            case "ipv6only":
                return listen is null ? null : listen with { IsIPv6Only = listen.IsIPv6Only && value != "off" };
            // Its workers have a socket each; so have the reactors here.
            case "reuseport" or "bind" or "deferred" or "fastopen":
                return listen;
            case "backlog" when NginxUnits.TryNumber(value, out var backlog):
                return listen is null ? null : listen with { Socket = listen.Socket with { Backlog = Math.Clamp(backlog, 1, 65535) } };
            case "so_keepalive" when KeepAlive(value) is { } silence:
                return listen is null ? null : listen with { Socket = listen.Socket with { KeepAlive = silence } };
            case "rcvbuf" when NginxUnits.TrySize(value, out var size) && size is >= 1024 and <= 1 << 30:
                return listen is null ? null : listen with { Socket = listen.Socket with { ReceiveBuffer = (int)size } };
            case "sndbuf" when NginxUnits.TrySize(value, out var size) && size is >= 1024 and <= 1 << 30:
                return listen is null ? null : listen with { Socket = listen.Socket with { SendBuffer = (int)size } };
            default:
                server.Lost("listen", $"Nothing in L4Proxy is like '{flag}'.");
                return listen;
        }
    }

    private static TimeSpan? KeepAlive(string value) => value switch
    {
        "off" => TimeSpan.Zero,
        "on" => s_keepAlive,
        _ => NginxUnits.TryDuration(value.Split(':')[0], out var silence) && silence >= TimeSpan.FromSeconds(1) && silence <= TimeSpan.FromSeconds(32767) ? silence : null,
    };
}
