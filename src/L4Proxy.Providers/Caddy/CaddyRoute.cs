using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>A route: its matchers, and what its chain of handlers does.</summary>
/// <param name="config">Takes it.</param>
/// <param name="notes">Takes what is lost.</param>
/// <param name="endpoints">Where it is.</param>
/// <param name="certificates">What TLS ends with, where it ends.</param>
/// <param name="idle">How long a flow of datagrams may be silent; null where nothing is said.</param>
internal sealed class CaddyRoute(ImportedConfig config, ImportNotes notes, IReadOnlyList<CaddyListen> endpoints, IReadOnlyList<L4Certificate> certificates, TimeSpan? idle)
{
    private const string Header = "proxy_protocol";

    /// <summary>Reads one.</summary>
    /// <param name="name">What it is called where it has no name.</param>
    /// <param name="route">It.</param>
    /// <param name="isFirst">Whether it is asked before all others of its server.</param>
    /// <param name="outer">What must hold as well: the match of the route that it is in.</param>
    public void Read(string name, SourceObject route, bool isFirst = false, L4Match? outer = null)
    {
        name = route.Text("@id") ?? name;
        var before = notes.LossCount;
        var sets = route.Objects("match");
        // Asked before anything else is, it is the endpoint's.
        var isOfHeader = isFirst && sets is [var set] && set.Keys.SequenceEqual([Header]);
        var match = CaddyMatchers.All(outer, isOfHeader ? null : CaddyMatchers.Read(sets));
        var isWhole = notes.LossCount == before;
        var handled = Handle(name, route, isFirst, isWhole, new L4Route
        {
            Endpoints = [.. endpoints.Select(endpoint => endpoint.Endpoint)],
            Match = match,
            // Idle times of Caddy are those of datagrams.
            Timeouts = idle is not null && endpoints.All(endpoint => endpoint.IsUdp) ? new() { Idle = idle } : null,
        });
        route.Rest();
        // A route with a matcher too few would take what is not its own, and so would those within it.
        if (isWhole && handled is not null)
            config.Route(name, handled);
    }

    private L4Route? Handle(string name, SourceObject source, bool isFirst, bool isWhole, L4Route route)
    {
        var hasHeader = false;
        foreach (var handler in source.Objects("handle"))
        {
            switch (handler.Text("handler"))
            {
                case "proxy":
                    return CaddyProxy.Read(handler, endpoints) is { } cluster ? route with { ClusterId = config.Cluster(name, cluster) } : null;
                case "close":
                    handler.Rest();
                    return route with { Action = L4RouteAction.Reject, RejectWith = L4RejectWith.Close };
                case "subroute":
                    if (isWhole)
                        Subroute(name, handler, route);
                    return null;
                case Header when isFirst && isWhole && route.Match is null:
                    hasHeader = true;
                    ReadHeaders(handler);
                    break;
                case "throttle":
                    route = route with { Throttle = Throttle(handler) };
                    break;
                case "tls":
                    route = route with { Tls = L4RouteTls.Terminate };
                    handler.Rest();
                    if (certificates.Count > 0)
                        endpoints.ToList().ForEach(endpoint => config.Change(endpoint.Endpoint, known => known with { Certificates = certificates }));
                    else
                        handler.Lost("handler", $"Its certificate is of Caddy's 'tls' app: give the route '{name}' a 'Certificate', or its endpoint 'Certificates'. Until then L4Proxy does not take this configuration.");
                    break;
                case var unknown:
                    handler.Lost("handler", $"L4Proxy does not do what '{unknown}' does: the route is not carried over.");
                    return null;
            }
        }
        if (hasHeader)
            return null;
        source.Lost("handle", "Nothing here ends the connection or takes it anywhere, so that Caddy goes on with the next routes: the route is not carried over.");
        return null;
    }

    /// <summary>Routes within a route: what the outer one asks for is asked for by each.</summary>
    private void Subroute(string name, SourceObject handler, L4Route route)
    {
        if (route is not { Tls: null, Throttle: null })
        {
            handler.Lost("handler", "What stands before it is not carried over into its routes, and so they are not.");
            return;
        }
        var number = 0;
        foreach (var inner in handler.Objects("routes"))
            Read($"{name}-{number++}", inner, outer: route.Match);
        handler.Rest();
    }

    /// <summary>PROXY headers are read before a route is chosen: they are the endpoint's.</summary>
    private void ReadHeaders(SourceObject handler)
    {
        var policy = handler.Text("fallback_policy");
        // How long one is waited for is PrefaceTimeout, and it is never waited for without an end.
        handler.Duration("timeout");
        var trusted = CaddyMatchers.Ranges(handler.Texts("allow")) ?? (policy is "USE" or "REQUIRE" ? ["0.0.0.0/0", "::/0"] : null);
        handler.Rest();
        if (trusted is null)
            handler.Lost("allow", "Whose headers are believed must be said: 'allow', or a 'fallback_policy' of USE or REQUIRE.");
        else
            endpoints.ToList().ForEach(endpoint => config.Change(endpoint.Endpoint, known => known with { ProxyProtocol = new() { Mode = policy == "REQUIRE" ? L4ProxyProtocolMode.Required : L4ProxyProtocolMode.Optional, Trusted = trusted } }));
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
