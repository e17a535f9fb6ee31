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
    public RouteModel? Route => Status == RouteMatchStatus.Found ? _entry!.Route : null;

    /// <summary>The route whose matcher is to be asked, if there is one.</summary>
    public RouteModel? Asking => Status == RouteMatchStatus.Ask ? _entry!.Route : null;

    /// <summary>The route by the pattern that was matched, if found.</summary>
    public RouteEntry? Entry => Status == RouteMatchStatus.Found ? _entry : null;

    /// <summary>More bytes are needed.</summary>
    public static RouteMatch NeedMore => new(RouteMatchStatus.NeedMore, entry: null);

    /// <summary>A matcher is to be asked whether a route matches.</summary>
    public static RouteMatch Ask(RouteEntry entry) => new(RouteMatchStatus.Ask, entry);

    /// <summary>A route, by one of its patterns.</summary>
    public static RouteMatch Found(RouteEntry entry) => new(RouteMatchStatus.Found, entry);

    /// <summary>What the pattern that was matched captures from the connection's server name, or from the host of its request.</summary>
    public RouteCaptures GetCaptures(string? serverName, string? host = null) =>
        Status == RouteMatchStatus.Found && (_entry!.IsOfHost ? host : serverName) is { } name ? _entry.Captures(name) : default;
}
