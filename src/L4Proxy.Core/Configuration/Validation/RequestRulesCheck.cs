using L4Proxy.Configuration.Reading;
using L4Proxy.Requests;

namespace L4Proxy.Configuration.Validation;

/// <summary>What routes do with requests beside proxying them.</summary>
internal static class RequestRulesCheck
{
    private static readonly int[] s_redirects = [301, 302, 303, 307, 308];

    /// <summary>Checks every route.</summary>
    public static void Check(ConfigGraph graph, ConfigPath routes, Findings findings)
    {
        foreach (var (id, route) in graph.NewRoutes)
        {
            if (route.Http is { } http && http != new L4RouteHttp())
                Check(route, http, routes[id], findings);
        }
    }

    private static void Check(L4Route route, L4RouteHttp http, ConfigPath path, Findings findings)
    {
        if (!route.IsHttp)
            findings.Error(path["Http"], "It is of requests, and only a route whose 'Mode' is 'L7' has them.");
        if (!RequestRules.TryRead(http, path["Http"], out var rules, out var error))
            findings.Error(error.Value.Path, error.Value.Message);
        else if (rules.Redirect is null && rules.Answer is not null && route.ClusterId is not null)
            findings.Error(path["ClusterId"], "The route answers every request by itself ('Http:Respond'), and leads to no cluster.");
        else if (http.Rewrite is not null && (route.ClusterId is null || http.Respond is not null))
            findings.Warning(path["Http"]["Rewrite"], "It has no effect: no request of the route goes to a cluster.");
        if (http.Redirect?.Status is { } status && !s_redirects.Contains(status))
            findings.Error(path["Http"]["Redirect"]["Status"], $"{status} redirects nobody: 301, 302, 303, 307 or 308 do.");
    }
}
