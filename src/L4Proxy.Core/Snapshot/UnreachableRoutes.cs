using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Snapshot;

/// <summary>Routes that can never win, because another always comes before them on every endpoint of theirs.</summary>
internal static class UnreachableRoutes
{
    public static IEnumerable<L4ConfigError> WarningsOf(ProxySnapshot snapshot)
    {
        var endpointsOf = snapshot.Endpoints.Values
            .SelectMany(endpoint => endpoint.Routes.RouteIds).GroupBy(id => id).ToDictionary(group => group.Key, group => group.Count());
        return snapshot.Endpoints.Values
            .SelectMany(endpoint => endpoint.Routes.FindUnreachable())
            .GroupBy(unreachable => unreachable.RouteId)
            .Where(group => group.Count() == endpointsOf[group.Key])
            .Select(group => new L4ConfigError(
                $"{ConfigReader.SectionName}:Routes:{group.Key}", $"It can never win: route '{group.First().ByRouteId}' always comes first."));
    }
}
