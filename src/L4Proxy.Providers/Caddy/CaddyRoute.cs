using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>A route: its matchers, and what its chain of handlers does.</summary>
/// <param name="config">Takes it.</param>
/// <param name="notes">Takes what is lost.</param>
/// <param name="endpoints">Where it is.</param>
/// <param name="idle">How long a flow of datagrams may be silent; null where nothing is said.</param>
internal sealed class CaddyRoute(ImportedConfig config, ImportNotes notes, IReadOnlyList<CaddyListen> endpoints, TimeSpan? idle)
{
    public void Read(string name, SourceObject route)
    {
        name = route.Text("@id") ?? name;
        var before = notes.LossCount;
        var match = CaddyMatchers.Read(route.Objects("match"));
        var isWhole = notes.LossCount == before;
        var handled = Handle(name, route, new L4Route
        {
            Endpoints = [.. endpoints.Select(endpoint => endpoint.Endpoint)],
            Match = match,
            // Idle times of Caddy are those of datagrams.
            Timeouts = idle is not null && endpoints.All(endpoint => endpoint.IsUdp) ? new() { Idle = idle } : null,
        });
        route.Rest();
        // A route with a matcher too few would take what is not its own.
        if (isWhole && handled is not null)
            config.Route(name, handled);
    }

    private L4Route? Handle(string name, SourceObject source, L4Route route)
    {
        foreach (var handler in source.Objects("handle"))
        {
            switch (handler.Text("handler"))
            {
                case "proxy":
                    return CaddyProxy.Read(handler, endpoints) is { } cluster ? route with { ClusterId = config.Cluster(name, cluster) } : null;
                case "close":
                    handler.Rest();
                    return route with { Action = L4RouteAction.Reject, RejectWith = L4RejectWith.Close };
                case "throttle":
                    route = route with { Throttle = Throttle(handler) };
                    break;
                case "tls":
                    route = route with { Tls = L4RouteTls.Terminate };
                    handler.Lost("handler", $"Its certificate is of Caddy's 'tls' app: give the route '{name}' a 'Certificate', or its endpoint 'Certificates'. Until then L4Proxy does not take this configuration.");
                    break;
                case var unknown:
                    handler.Lost("handler", $"L4Proxy does not do what '{unknown}' does: the route is not carried over.");
                    return null;
            }
        }
        source.Lost("handle", "Nothing here ends the connection or takes it anywhere, so that Caddy goes on with the next routes: the route is not carried over.");
        return null;
    }

    private static L4Throttle? Throttle(SourceObject handler)
    {
        var (rate, burst) = (handler.Number("read_bytes_per_second"), handler.Number("read_burst_size"));
        var isTotal = rate is null;
        if (isTotal)
            (rate, burst) = (handler.Number("total_read_bytes_per_second"), handler.Number("total_read_burst_size"));
        handler.Rest();
        return rate is null ? null : new() { UploadBytesPerSecond = rate, Burst = burst, Per = isTotal ? L4ThrottleScope.Route : null };
    }
}
