using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Snapshot;

/// <summary>Own endpoints that no route serves: nobody answers there.</summary>
internal static class UnreachedEndpoints
{
    public static IEnumerable<L4ConfigError> WarningsOf(ProxySnapshot snapshot)
    {
        var routes = snapshot.Config.Routes ?? new Dictionary<string, L4Route>();
        return snapshot.Endpoints.Values
            .Where(endpoint => endpoint.Url is { } url && !endpoint.Routes.RouteIds.Any(route => Reaches(routes[route], url.Ports)))
            .Select(endpoint => new L4ConfigError($"{ConfigReader.SectionName}:Endpoints:{endpoint.Id}", WhyNot(endpoint)));
    }

    private static bool Reaches(L4Route route, ListenPorts ports) => route.Match?.LocalPorts is not { } matched || ports.Low == 0 || matched.Any(
        text => PortRange.TryParse(text, out var range, out _) && range.Low <= ports.High && range.High >= ports.Low);

    private static string WhyNot(EndpointModel endpoint) => endpoint.IsUdp
        ? "No route serves it, and what comes is dropped. A route must name a UDP endpoint in its 'Endpoints'."
        : "No route serves it, and whoever connects is reset. A route without 'Endpoints', or with this one among them, would.";
}
