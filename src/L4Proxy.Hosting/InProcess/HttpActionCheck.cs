using L4Proxy.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

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
            var path = $"L4Proxy:Routes:{id}:Action";
            if (http.Server is not { } server)
                errors.Add(new(path, "Http on an endpoint with a Url needs Kestrel in this host."));
            else if (server.GetType().Assembly == typeof(KestrelServer).Assembly)
                errors.Add(new(path, "Http on an endpoint with a Url needs AddL4Proxy to be called after Kestrel was added to the services."));
            else
                warnings.Add(new(path, $"The web server of this host is {server.GetType().Name} and not Kestrel: such connections are reset."));
        }
    }

    private static bool IsOnOwnEndpoint(L4Route route, L4Config config)
    {
        var own = (config.Endpoints ?? new Dictionary<string, L4Endpoint>()).Where(e => e.Value.Url is not null).Select(e => e.Key);
        return route.Endpoints is { } named ? named.Intersect(own).Any() : own.Any();
    }
}
