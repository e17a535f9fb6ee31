using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>How servers are spoken to: <c>serversTransports</c>.</summary>
/// <param name="Shape">What it says of a cluster, with its TLS, which is only there where a server has it.</param>
internal sealed record TraefikTransport(L4Cluster Shape)
{
    /// <summary>What holds where nothing is said.</summary>
    public static TraefikTransport Default { get; } = new(new L4Cluster { Tls = new() });

    private static readonly TimeSpan s_least = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_longestDial = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(24);
    private static readonly TimeSpan s_longestKeepAlive = TimeSpan.FromSeconds(32_767);

    /// <summary>Reads one of TCP; null where it is not carried over.</summary>
    public static TraefikTransport? OfTcp(SourceObject source)
    {
        var tls = source.Object("tls") is { } said ? Tls(said) : new();
        var keepAlive = source.Span("dialKeepAlive");
        var shape = new L4Cluster
        {
            Tls = tls,
            ProxyProtocol = Header(source.Object("proxyProtocol")),
            Timeouts = Timeouts(Dial(source.Span("dialTimeout")), Ending(source.Span("terminationDelay"))),
            Socket = keepAlive is { Ticks: not 0 } time
                ? new() { KeepAlive = time == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : time.Within(TimeSpan.FromSeconds(1), s_longestKeepAlive) }
                : null,
        };
        source.Rest();
        return tls is null ? null : new(shape);
    }

    /// <summary>Reads one of HTTP; null where it is not carried over.</summary>
    public static TraefikTransport? OfHttp(SourceObject source)
    {
        var timeouts = source.Object("forwardingTimeouts");
        var tls = Tls(source);
        var shape = new L4Cluster { Tls = tls, Timeouts = Timeouts(Dial(timeouts?.Span("dialTimeout")), null) };
        timeouts?.Rest();
        return tls is null ? null : new(shape);
    }

    /// <summary>The PROXY header that is written; null where none is.</summary>
    public static L4ProxyProtocolOut? Header(SourceObject? source)
    {
        if (source is null)
            return null;
        var version = source.Whole("version") ?? 2;
        source.Rest();
        if (version is 1 or 2)
            return new() { Version = version == 1 ? L4ProxyProtocolVersion.V1 : L4ProxyProtocolVersion.V2 };
        source.Lost("version", $"There is no version {version}.");
        return null;
    }

    /// <summary>How long one side may go on when the other has closed.</summary>
    public static TimeSpan? Ending(TimeSpan? delay) => delay is not { } time ? null : time == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : time.Within(s_least, s_longest);

    /// <summary>Timeouts, where any is said.</summary>
    public static L4Timeouts? Timeouts(TimeSpan? connect, TimeSpan? halfClosed) => connect is null && halfClosed is null ? null : new() { Connect = connect, HalfClosed = halfClosed };

    private static TimeSpan? Dial(TimeSpan? timeout) => timeout is not { } time ? null : time <= TimeSpan.Zero ? s_longestDial : time.Within(s_least, s_longestDial);

    private static L4UpstreamTls? Tls(SourceObject source)
    {
        var roots = source.Texts("rootCAs") ?? [];
        var certificates = source.Objects("certificates");
        var tls = new L4UpstreamTls
        {
            ServerName = source.Text("serverName") is { Length: > 0 } name ? name : null,
            SkipVerify = source.IsSet("insecureSkipVerify") is true ? true : null,
            Ca = roots.FirstOrDefault(),
            ClientCertificate = certificates.Count == 0 ? null : TraefikCertificates.Read(certificates[0]),
        };
        if (Wrong(source, roots, certificates.Count, tls) is not { } wrong)
        {
            source.Rest();
            return tls;
        }
        source.Lost(wrong.Key, wrong.Message);
        return null;
    }

    private static (string Key, string Message)? Wrong(SourceObject source, List<string> roots, int certificates, L4UpstreamTls tls)
    {
        if (tls.ServerName is { } name && !(HostTemplate.TryParseNameOrAddress(name, out var host, out _) && host.CaptureNames.Count == 0))
            return ("serverName", "It is no name of a server.");
        if (roots.Count > 1 || !TraefikCertificates.IsPath(tls.Ca ?? "x"))
            return ("rootCAs", "In L4Proxy it is one file: put them together in one.");
        if (certificates > 1 || (certificates == 1 && tls.ClientCertificate is null))
            return ("certificates", "L4Proxy shows one certificate, from a file.");
        string[] checks = ["peerCertURI", "peerCertSANs", "spiffe"];
        return Array.Find(checks, source.Has) is { } check ? (check, "Nothing in L4Proxy is like it, and without it others would be trusted, too.") : null;
    }
}
