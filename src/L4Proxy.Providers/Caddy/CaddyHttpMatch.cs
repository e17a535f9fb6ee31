using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>Which requests a route of <c>apps.http</c> takes: hosts, beginnings of paths, and whether they came over TLS.</summary>
/// <param name="Hosts">The hosts; null for all.</param>
/// <param name="Paths">What paths begin with; null for all.</param>
/// <param name="IsTls">Whether they came over TLS; null for both.</param>
internal sealed record CaddyHttpMatch(IReadOnlyList<string>? Hosts, IReadOnlyList<string>? Paths, bool? IsTls)
{
    // A client of TLS may name nobody.
    private static readonly string[] s_anyHost = ["*", ""];

    /// <summary>All requests.</summary>
    public static CaddyHttpMatch All { get; } = new(null, null, null);

    /// <summary>As a route has it.</summary>
    public L4Match ToMatch() => new() { Sni = Hosts is null ? s_anyHost : [.. Hosts.Select(host => CaddyHost.Of(host)!)], Path = Paths };

    /// <summary>What a route inside of this one takes; null where something else is asked for, which is said.</summary>
    public CaddyHttpMatch? And(SourceObject route)
    {
        var sets = route.Objects("match");
        if (sets.Count == 0)
            return this;
        if (sets is not [var match] || match.Keys.Any(key => key is not ("host" or "path" or "protocol")))
        {
            route.Lost("match", "A route of HTTP requests here is found by one set of hosts and paths: the route is left out.");
            return null;
        }
        var hosts = match.Texts("host") is { Count: > 0 } named ? named : null;
        if (hosts?.Exists(host => CaddyHost.Of(host) is null) == true)
            return Lose(match, "host", "A host here is a name, or '*' for its first labels: the route is left out.");
        if (hosts is not null && Hosts is not null && !hosts.ToHashSet().SetEquals(Hosts))
            return Lose(match, "host", "It has other hosts than the route that it is in: the route is left out.");
        var paths = match.Texts("path");
        if (paths?.Exists(path => !path.EndsWith('*') || path.AsSpan(0, path.Length - 1).Contains('*') || !path.StartsWith('/')) == true)
            return Lose(match, "path", "Paths here are prefixes, as '/api/*': the route is left out.");
        if (paths is not null && Paths is not null)
            return Lose(match, "path", "It has paths, and so has the route that it is in: the route is left out.");
        bool? isTls = match.Text("protocol") switch { null => IsTls, "http" => false, "https" => true, _ => null };
        if (match.Text("protocol") is not (null or "http" or "https"))
            return Lose(match, "protocol", "Routes here tell 'http' and 'https' apart: the route is left out.");
        return new(hosts ?? Hosts, paths is null ? Paths : [.. paths.Select(path => path[..^1])], isTls);
    }

    private static CaddyHttpMatch? Lose(SourceObject match, string key, string message)
    {
        match.Lost(key, message);
        return null;
    }
}
