using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Routing;

namespace L4Proxy.Snapshot;

/// <summary>
/// Routes that can never win: on every endpoint of theirs another always comes before them, or none has a port of theirs. What is said is certain;
/// not all is said.
/// </summary>
internal static class UnreachableRoutes
{
    public static IEnumerable<L4ConfigError> WarningsOf(ProxySnapshot snapshot)
    {
        var covered = snapshot.Endpoints.Values.SelectMany(endpoint => endpoint.Routes.FindUnreachable()).ToLookup(unreachable => unreachable.RouteId, unreachable => unreachable.ByRouteId);
        var places = snapshot.Endpoints.Values
            .Where(endpoint => endpoint.Routes.Needs.Ports || covered.Count > 0)
            .SelectMany(endpoint => endpoint.Routes.RoutesWhere(route => route.Match.Ports is not null || covered.Contains(route.Id)).Select(route => (Route: route, Endpoint: endpoint)))
            .ToLookup(place => place.Route, place => place.Endpoint);
        return places.Select(place => WhyNot(place.Key, [.. place], [.. covered[place.Key.Id]]) is { } why ? new L4ConfigError($"{ConfigReader.SectionName}:Routes:{place.Key.Id}", why) : null)
            .OfType<L4ConfigError>();
    }

    private static string? WhyNot(RouteModel route, IReadOnlyList<EndpointModel> endpoints, IReadOnlyList<string> covering)
    {
        if (route.Match.Ports is { } ports && endpoints.All(endpoint => IsNowhereIn(endpoint, ports)))
            return $"It can never match: no endpoint of its listens on {string.Join(" or ", ports)}, which '{L4Match.Keys.LocalPorts.Name}' wants.";
        return covering.Count == endpoints.Count ? $"It can never win: {string.Join(" or ", covering.Distinct().Select(id => $"route '{id}'"))} always comes first." : null;
    }

    /// <summary>Whether what comes to the endpoint can have none of the ports: Kestrel's may be anywhere, and so may port 0.</summary>
    private static bool IsNowhereIn(EndpointModel endpoint, IReadOnlyList<PortRange> ports) => endpoint.Url is { Ports: { Low: > 0 } listened }
        && ports.All(range => range.High < listened.Low || range.Low > listened.High);
}
