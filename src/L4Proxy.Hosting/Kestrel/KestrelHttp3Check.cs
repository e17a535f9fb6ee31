using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Kestrel;

/// <summary>Warns where routes take names from one of Kestrel's ports over TCP that Kestrel itself has over UDP, by HTTP/3: a browser may prefer that.</summary>
internal sealed class KestrelHttp3Check(KestrelSection section) : IConfigCheck
{
    private const int MostNamed = 5;

    public void Check(ConfigGraph graph, ICollection<L4ConfigError> errors, ICollection<L4ConfigError> warnings)
    {
        if (!section.HasServer || !section.HasQuic)
            return;
        var names = section.ReadHttp3Names();
        foreach (var (id, endpoint) in graph.Endpoints)
        {
            if (endpoint.Kestrel is not { } name || !names.Contains(name, StringComparer.OrdinalIgnoreCase))
                continue;
            var routes = graph.Routes.Where(route => TakesNames(route.Value) && graph.EndpointsOf(route.Value).Contains(id, StringComparer.Ordinal))
                .Select(route => route.Key).Order(StringComparer.Ordinal).ToList();
            if (routes.Count > 0)
                warnings.Add(new($"L4Proxy:Endpoints:{id}:Kestrel", Describe(name, routes)));
        }
    }

    // What goes to HTTP in the end is Kestrel's either way.
    private static bool TakesNames(L4Route route) =>
        route.Action != L4RouteAction.Http && NestedMatches.Of(route.Match, new("Match")).Any(nested => (nested.Match.Sni ?? nested.Match.SniRegex) is not null);

    private static string Describe(string name, List<string> routes)
    {
        var named = string.Join(", ", routes.Take(MostNamed).Select(Quote.Text)) + (routes.Count > MostNamed ? ", ..." : "");
        return $"Kestrel serves {Quote.Text(name)} by HTTP/3 as well, over UDP, where no route of this endpoint holds: a client may reach Kestrel for the names of {named}. "
            + "Leave Http3 out of its Protocols; a route of an endpoint with udp:// can take the names there.";
    }
}
