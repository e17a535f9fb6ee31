using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.InProcess;

/// <summary>Checks that there is a server where routes of own endpoints lead to HTTP.</summary>
internal sealed class HttpActionCheck(InProcessHttp http) : IConfigCheck
{
    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        foreach (var (id, route) in graph.Routes)
        {
            // Also on a port of Kestrel's: what ends its TLS here is served here.
            if (http.IsAvailable || !(route.Action == L4RouteAction.Http || route.IsHttp) || !(IsOnOwnEndpoint(route, graph) || route.EndsTls))
                continue;
            errors.Add(new($"L4Proxy:Routes:{id}:{(route.IsHttp ? "Mode" : "Action")}", http.HasWebServer
                ? "Http on an endpoint with a Url needs the generic host (WebApplication or HostBuilder): WebHostBuilder runs one server alone."
                : "Http on an endpoint with a Url needs a web server in this host."));
        }
    }

    private static bool IsOnOwnEndpoint(L4Route route, ConfigGraph graph)
    {
        var own = graph.Endpoints.Where(e => e.Value.Url is not null).Select(e => e.Key);
        return route.Endpoints is { } named ? named.Intersect(own).Any() : own.Any();
    }
}
