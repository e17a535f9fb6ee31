using L4Proxy.Configuration;

namespace L4Proxy.InProcess;

/// <summary>Checks that there is a server where routes of own endpoints lead to HTTP.</summary>
internal sealed class HttpActionCheck(InProcessHttp http) : IConfigCheck
{
    public void Check(L4Config config, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        foreach (var (id, route) in config.Routes ?? new Dictionary<string, L4Route>())
        {
            if (route.Action != L4RouteAction.Http || !IsOnOwnEndpoint(route, config) || http.IsAvailable)
                continue;
            errors.Add(new($"L4Proxy:Routes:{id}:Action", http.HasWebServer
                ? "Http on an endpoint with a Url needs the generic host (WebApplication or HostBuilder): WebHostBuilder runs one server alone."
                : "Http on an endpoint with a Url needs a web server in this host."));
        }
    }

    private static bool IsOnOwnEndpoint(L4Route route, L4Config config)
    {
        var own = (config.Endpoints ?? new Dictionary<string, L4Endpoint>()).Where(e => e.Value.Url is not null).Select(e => e.Key);
        return route.Endpoints is { } named ? named.Intersect(own).Any() : own.Any();
    }
}
