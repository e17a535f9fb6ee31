using L4Proxy.Configuration.Reading;
using L4Proxy.Names;

namespace L4Proxy.Configuration.Validation;

/// <summary>Routes of HTTP requests, and what clusters say of HTTP.</summary>
internal static class HttpRouteCheck
{
    private const string AllPaths = "/";

    /// <summary>Checks every such route and every cluster.</summary>
    public static void Check(ConfigGraph graph, ConfigPath routes, ConfigPath clusters, Findings findings)
    {
        foreach (var (id, route) in graph.HttpRoutes)
        {
            CheckNames(route.Match, routes[id]["Match"], findings);
            if (!ConfigGraph.IsProxy(route))
                findings.Error(routes[id]["Mode"], $"'{route.Mode}' proxies requests to a cluster: leave out 'Action'.");
        }

        if (graph.HttpRoutes.Count > 0)
        {
            CheckTwins(graph, routes, findings);
            CheckIds(graph.HttpRoutes.Select(route => route.Key), "route", routes, findings);
            CheckIds(graph.HttpRoutes.Where(route => ConfigGraph.IsProxy(route.Value)).Select(route => route.Value.ClusterId).OfType<string>().Where(graph.Clusters.ContainsKey).Distinct(),
                "cluster", clusters, findings);
        }
        foreach (var (id, cluster) in graph.NewClusters)
            CheckCluster(graph, id, cluster, clusters[id], findings);
    }

    private static bool LeadsHttp(ConfigGraph graph, string clusterId) => graph.RoutesTo(clusterId).Any(route => route.Value.IsHttp);

    private static void CheckNames(L4Match? match, ConfigPath path, Findings findings)
    {
        if (match?.Sni is not { Count: > 0 } names)
            findings.Error(path["Sni"], "An 'L7' route needs the names that it serves, which are its hosts, too: 'a.example.com', '*.example.com', or '*' for all.");
        if (match?.SniRegex is not null)
            findings.Error(path["SniRegex"], "An 'L7' route is found by names: 'Sni' with 'a.example.com' or '*.example.com'.");
        if (match?.Host is not null)
            findings.Error(path["Host"], "The hosts of an 'L7' route are its 'Sni'.");
    }

    /// <summary>Two routes of which one alone would ever get a request.</summary>
    private static void CheckTwins(ConfigGraph graph, ConfigPath routes, Findings findings)
    {
        var seen = new Dictionary<(string Endpoint, string Host, string Path), string>();
        foreach (var (id, route) in graph.HttpRoutes.OrderBy(item => item.Key, StringComparer.Ordinal))
        {
            // What else tells connections apart tells their requests apart.
            if (route.Match is not { Sni: { } names } match || match with { Sni = null, Path = null } != new L4Match())
                continue;
            var places = from endpoint in graph.EndpointsOf(route).Distinct()
                         from name in names.Select(Parse).OfType<ServerNamePattern>().DistinctBy(name => name.ToString())
                         from prefix in match.Path ?? [AllPaths]
                         select (endpoint, name.ToString(), prefix);
            var twin = places.ToList().Select(place => seen.TryAdd(place, id) || seen[place] == id ? null : (place, Other: seen[place]) as ((string, string Host, string) Place, string Other)?)
                .FirstOrDefault(found => found is not null);
            if (twin is { } known)
                findings.Error(routes[id]["Match"]["Sni"], $"The route '{known.Other}' has the same host '{known.Place.Host}'; tell them apart by 'Path'.");
        }
    }

    /// <summary>YARP's ids are compared in any case.</summary>
    private static void CheckIds(IEnumerable<string> ids, string what, ConfigPath path, Findings findings)
    {
        foreach (var alike in ids.GroupBy(id => id, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            var first = alike.Order(StringComparer.Ordinal).First();
            foreach (var id in alike.Where(id => id != first))
                findings.Error(path[id], $"The {what} '{first}' is called so, too: where HTTP is served the case of ids tells nothing apart.");
        }
    }

    private static void CheckCluster(ConfigGraph graph, string id, L4Cluster cluster, ConfigPath path, Findings findings)
    {
        if (L4Http.Keys.Protocol.Of(cluster.Http) == L4HttpProtocol.H2 && cluster.Tls is null)
            findings.Error(path["Http"]["Protocol"], "'h2' is HTTP/2 over TLS, and the cluster has no 'Tls'; without TLS it is 'h2c'.");
        if (cluster is { Http.Protocol: L4HttpProtocol.H2c, Tls: not null })
            findings.Error(path["Http"]["Protocol"], "'h2c' is HTTP/2 without TLS, and the cluster has 'Tls'; with it it is 'h2'.");
        if (!LeadsHttp(graph, id))
        {
            if (cluster.Http is not null && cluster.Http != new L4Http())
                findings.Warning(path["Http"], "It has no effect: no route whose 'Mode' is 'L7' leads here.");
            return;
        }

        if (cluster.Tls?.Alpn is { Count: > 0 })
            findings.Warning(path["Tls"]["Alpn"], "Requests do not go by it: what they speak is 'Http:Protocol'.");
    }

    private static ServerNamePattern? Parse(string? text) => text is not null && ServerNamePattern.TryParse(text, out var pattern, out _) ? pattern : null;
}
