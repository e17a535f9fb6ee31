using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;
using L4Proxy.Providers.Traefik.Rules;

namespace L4Proxy.Providers.Traefik;

/// <summary>Routers of HTTP, as far as routes whose mode is <c>L7</c> are like them. What is lost here is a warning.</summary>
internal sealed class TraefikHttp(TraefikPlaces places, TraefikServices services, TraefikHttpMiddlewares middlewares, TraefikCertificates certificates, ImportedConfig config)
{
    // Of two that ask for the same the first has it all.
    private readonly Dictionary<(string Endpoint, string Host, string Path), string> _taken = [];

    /// <summary>Reads them.</summary>
    public void Read(IEnumerable<TraefikItem> routers)
    {
        var read = routers.Select(Read).OfType<Router>().OrderBy(router => router.Route.Order).ThenBy(router => router.Item.Name, StringComparer.Ordinal).ToList();
        foreach (var router in read)
            Add(router);
    }

    private Router? Read(TraefikItem item)
    {
        var source = item.Source;
        var before = source.LossCount;
        var tls = source.Object("tls");
        var route = new L4Route { Mode = L4RouteMode.L7, Tls = tls is null ? null : L4RouteTls.Terminate };
        middlewares.Add(item, ref route);
        var rule = RuleOf(item);
        var requests = rule is null ? null : PlacesOf(item, rule);
        var isWhole = source.LossCount == before;
        route = route with { Order = TraefikOrder.OfHttp(TraefikOrder.PriorityOf(item) ?? rule?.Priority ?? 0, tls is not null) };
        if (tls is not null && requests?.Any(request => request.Host == HttpRule.AnyHost) == true)
            route = route with { Order = TraefikOrder.OfAnyHttps };
        var listens = places.Of(item, isUdp: false);
        // A router that only redirects leads to nobody.
        var isOnlyAnswer = route.AnswersItself && item.Source.Text("service")?.EndsWith("@internal", StringComparison.Ordinal) == true;
        var target = isOnlyAnswer ? null : services.TargetOf("http", item);
        source.Text("ruleSyntax");
        source.Rest();
        if (isWhole && isOnlyAnswer && requests is not null && listens.Count > 0)
            return new(item, route, requests, listens, tls);
        if (!isWhole || requests is null || listens.Count == 0 || target is null)
            return null;
        if (target.ClusterId is not null)
            return new(item, route with { ClusterId = target.ClusterId }, requests, listens, tls);
        source.Lost("service", "It has no servers, and so the router is not carried over.");
        return null;
    }

    private void Add(Router router)
    {
        if (router.Tls is { } tls)
        {
            if (!certificates.End(router.Item, tls, router.Listens.Select(listen => listen.Endpoint), isHttp: true))
                return;
            tls.Has("domains");
            tls.Rest();
        }
        foreach (var alike in router.Listens.GroupBy(listen => (listen.Port, IsMixed: listen.IsMixed && router.Tls is null)))
            Add(router, TraefikTcp.PlaceOf(alike.Key.Port, alike.Key.IsMixed), [.. alike.Select(listen => listen.Endpoint).Distinct()]);
    }

    /// <summary>Puts hosts of the same paths together, and endpoints of the same hosts.</summary>
    private void Add(Router router, L4Match match, List<string> endpoints)
    {
        var free = from endpoint in endpoints
                   from request in router.Requests
                   where IsFree(router, endpoint, match.LocalPorts?[0], request)
                   group request.Path by (endpoint, request.Host!) into ofHost
                   let paths = PathsOf(ofHost)
                   group ofHost.Key.Item2 by (ofHost.Key.endpoint, Key: paths is null ? "" : string.Join('\n', paths)) into ofPaths
                   let hosts = ofPaths.Order(StringComparer.Ordinal).ToList()
                   group ofPaths.Key.endpoint by (Hosts: string.Join('\n', hosts), Paths: ofPaths.Key.Key);
        foreach (var alike in free.ToList())
        {
            config.OrderedRoute(router.Item.Name, router.Route with
            {
                Endpoints = [.. alike],
                Match = match with { Sni = HostsOf(alike.Key.Hosts), Path = alike.Key.Paths.Length == 0 ? null : alike.Key.Paths.Split('\n') },
            });
        }
    }

    // Who asks for any host may ask for none.
    private static string[] HostsOf(string joined) => joined.Split('\n') is var hosts && hosts.Contains(HttpRule.AnyHost) ? [.. hosts, ""] : hosts;

    private bool IsFree(Router router, string endpoint, string? port, HttpPlace request)
    {
        var place = ($"{endpoint}:{port}:{router.Tls is not null}", request.Host!, request.Path ?? "");
        if (_taken.TryAdd(place, router.Item.Name))
            return true;
        router.Item.Source.LeftOut("rule", $"Requests for '{request.Host}{request.Path}' are all the router's '{_taken[place]}'.");
        return false;
    }

    private static List<string>? PathsOf(IEnumerable<string?> paths)
    {
        var all = paths.ToList();
        return all.Contains(null) ? null : [.. all.OfType<string>().Order(StringComparer.Ordinal)];
    }

    private static HttpRule? RuleOf(TraefikItem item)
    {
        if (item.Source.Text("rule") is not { Length: > 0 } text)
            item.Source.Lost("rule", "A router needs a rule, as Host(`a.example.com`).");
        else if (!RuleParser.TryParse(text, out var rule, out var error))
            item.Source.Lost("rule", error);
        else
            return new(text, rule);
        return null;
    }

    private static IReadOnlyList<HttpPlace>? PlacesOf(TraefikItem item, HttpRule rule)
    {
        try
        {
            return rule.Places() is { Count: > 0 } found ? found : throw new FormatException("It never holds.");
        }
        catch (FormatException e)
        {
            item.Source.Lost("rule", $"{e.Message} The router is not carried over.");
            return null;
        }
    }

    private sealed record Router(TraefikItem Item, L4Route Route, IReadOnlyList<HttpPlace> Requests, List<TraefikListen> Listens, SourceObject? Tls);
}
