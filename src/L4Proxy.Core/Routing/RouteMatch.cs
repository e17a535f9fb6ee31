using L4Proxy.Names;

namespace L4Proxy.Routing;

/// <summary>The outcome of looking for a route. The default: no route.</summary>
internal readonly struct RouteMatch
{
    private readonly RouteEntry? _entry;

    private RouteMatch(RouteMatchStatus status, RouteEntry? entry)
    {
        Status = status;
        _entry = entry;
    }

    /// <summary>Whether there is a route.</summary>
    public RouteMatchStatus Status { get; }

    /// <summary>The route, if found.</summary>
    public RouteModel? Route => _entry?.Route;

    /// <summary>The route by the pattern that was matched, if found.</summary>
    public RouteEntry? Entry => _entry;

    /// <summary>More bytes are needed.</summary>
    public static RouteMatch NeedMore => new(RouteMatchStatus.NeedMore, entry: null);

    /// <summary>A route, by one of its patterns.</summary>
    public static RouteMatch Found(RouteEntry entry) => new(RouteMatchStatus.Found, entry);

    /// <summary>What the pattern that was matched captures from the connection's server name, or from the host of its request.</summary>
    public RouteCaptures GetCaptures(string? serverName, string? host = null) =>
        (_entry is { IsOfHost: true } ? host : serverName) is { } name && _entry is not null ? _entry.Captures(name) : default;
}
