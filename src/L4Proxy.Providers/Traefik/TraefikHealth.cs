using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Health.Probing;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>The health check of a service: one probe decides, as there.</summary>
internal static class TraefikHealth
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);

    /// <summary>Reads one of TCP.</summary>
    public static L4ActiveHealthCheck OfTcp(SourceObject source, bool isTls) => Read(source) with
    {
        Type = isTls ? L4HealthCheckType.Tls : null,
        Send = TextOf(source, "send"),
        Expect = TextOf(source, "expect"),
    };

    /// <summary>Reads one of HTTP.</summary>
    public static L4ActiveHealthCheck OfHttp(SourceObject source) => Read(source) with
    {
        Type = L4HealthCheckType.Http,
        Send = PathOf(source),
        ServerName = NameOf(source),
    };

    /// <summary>The port that is probed; null where it is the server's.</summary>
    public static long? PortOf(SourceObject? source) => source?.Whole("port") is > 0 and <= ushort.MaxValue and var port ? port : null;

    private static L4ActiveHealthCheck Read(SourceObject source)
    {
        var interval = Positive(source.Span("interval")) ?? s_interval;
        if (source.Span("unhealthyInterval") is { } other && other != interval)
            source.Lost("unhealthyInterval", "In L4Proxy one interval is for all.");
        return new()
        {
            Enabled = true,
            Interval = interval.Within(TimeSpan.FromMilliseconds(100), TimeSpan.FromDays(1)),
            Timeout = (Positive(source.Span("timeout")) ?? s_timeout).Within(TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)),
            Rise = 1,
            Fall = 1,
        };
    }

    private static TimeSpan? Positive(TimeSpan? time) => time > TimeSpan.Zero ? time : null;

    private static string? TextOf(SourceObject source, string key)
    {
        if (source.Scalar(key) is not { Length: > 0 } text)
            return null;
        var escaped = text.Replace(@"\", @"\\", StringComparison.Ordinal);
        if (ProbeText.TryRead(escaped, out _, out var error))
            return escaped;
        source.Lost(key, error);
        return null;
    }

    private static string? PathOf(SourceObject source)
    {
        if (source.Text("path") is not { Length: > 0 } text)
            return null;
        var path = text.StartsWith('/') ? text : "/" + text;
        if (path.Length <= ProbeText.MaxBytes && !path.AsSpan().ContainsAnyExceptInRange('!', '~') && !path.Contains('#', StringComparison.Ordinal))
            return path;
        source.Lost("path", "It is no path.");
        return null;
    }

    private static string? NameOf(SourceObject source)
    {
        if (source.Text("hostname") is not { Length: > 0 } text)
            return null;
        if (HostTemplate.TryParseNameOrAddress(text, out var name, out _) && name.CaptureNames.Count == 0)
            return text;
        source.Lost("hostname", "It is no name.");
        return null;
    }
}
