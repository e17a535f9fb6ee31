using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.StartTls;

namespace L4Proxy.Snapshot;

/// <summary>Routes by a name that clients say only once they were greeted, on endpoints where nobody is.</summary>
internal static class UngreetedRoutes
{
    public static IEnumerable<L4ConfigError> WarningsOf(ProxySnapshot snapshot) => snapshot.Endpoints.Values
        .Where(endpoint => endpoint is { IsUdp: false, Greeting: null })
        .SelectMany(endpoint => endpoint.Routes.RoutesWhere(WaitsForGreeting).Select(route => new L4ConfigError(
            $"{ConfigReader.SectionName}:Routes:{route.Id}:Match:Protocols",
            $"No client is known by its name here: it waits for a greeting, and on the endpoint '{endpoint.Id}' nobody is greeted, which takes an own endpoint "
                + $"where every route that looks at bytes has '{route.Config.Match!.Protocols![0]}' alone in its 'Protocols'.")));

    private static bool WaitsForGreeting(RouteModel route) => route.Config.Match?.Protocols is [var protocol]
        && StartTlsProtocol.OfGreeting(protocol) is not null && route.Match.Protocols.HasAny(PrefaceParsers.Tls);
}
