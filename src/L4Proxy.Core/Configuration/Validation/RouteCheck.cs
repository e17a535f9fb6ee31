using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Validation;

/// <summary>Where routes apply and what they do.</summary>
internal static class RouteCheck
{
    /// <summary>Checks every route.</summary>
    public static void Check(ConfigGraph graph, ConfigPath path, Findings findings)
    {
        foreach (var (id, route) in graph.NewRoutes)
        {
            CheckEndpoints(graph, route, path[id], findings);
            CheckAction(graph, route, path[id], findings);
            if (route.Match is not null)
                MatchCheck.Check(route.Match, path[id]["Match"], findings, isOfHttp: route.IsHttp);
        }
    }

    private static void CheckEndpoints(ConfigGraph graph, L4Route route, ConfigPath path, Findings findings)
    {
        var endpoints = graph.EndpointsOf(route);
        if (route.Endpoints is null && endpoints.Count == 0)
            findings.Warning(path, "The route applies nowhere: it names no endpoint, and there is no TCP endpoint with a 'Url'.");
        for (var i = 0; i < endpoints.Count; i++)
        {
            if (endpoints[i] is { } endpoint && !graph.Endpoints.ContainsKey(endpoint))
                findings.Unknown(path["Endpoints"][i], "endpoint", endpoint, graph.Endpoints.Keys);
        }
    }

    private static void CheckAction(ConfigGraph graph, L4Route route, ConfigPath path, Findings findings)
    {
        if (route.RejectWith is not null && route.Action != L4RouteAction.Reject)
            findings.Error(path["RejectWith"], "Only a route whose 'Action' is 'Reject' has it.");
        if (!ConfigGraph.IsProxy(route))
        {
            if (route.ClusterId is not null)
                findings.Error(path["ClusterId"], $"A route whose 'Action' is '{route.Action}' leads to no cluster.");
        }
        else if (route.ClusterId is null)
        {
            if (route is { IsHttp: true, AnswersItself: true })
                return;
            findings.Error(path["ClusterId"], "The route needs a cluster to proxy to, or another 'Action'.");
        }
        else if (!graph.Clusters.ContainsKey(route.ClusterId))
        {
            findings.Unknown(path["ClusterId"], "cluster", route.ClusterId, graph.Clusters.Keys);
        }
    }
}
