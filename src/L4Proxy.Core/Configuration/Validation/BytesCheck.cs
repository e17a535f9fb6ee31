using L4Proxy.Configuration.Reading;
using L4Proxy.Routing.Conditions;

namespace L4Proxy.Configuration.Validation;

/// <summary>The bytes of matches: their form, and whether so many are read on the endpoints of a route. A datagram is there as long as it is.</summary>
internal static class BytesCheck
{
    /// <summary>Checks every route.</summary>
    public static void Check(ConfigGraph graph, ConfigPath routes, Findings findings)
    {
        foreach (var (id, route) in graph.NewRoutes)
        {
            foreach (var (match, path) in NestedMatches.Of(route.Match, routes[id]["Match"]))
                Check(graph, route, match.Bytes ?? [], path["Bytes"], findings);
        }
    }

    private static void Check(ConfigGraph graph, L4Route route, IReadOnlyList<L4BytesMatch> entries, ConfigPath path, Findings findings)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i] is not { } entry)
                continue;
            if (BytePattern.TryRead(entry, out var pattern, out var key, out var error))
                CheckLength(graph, route, pattern, path[i], findings);
            else
                findings.Error(key is null ? path[i] : path[i][key.Name], Quote.Plain(error, maxLength: 512));
        }
    }

    private static void CheckLength(ConfigGraph graph, L4Route route, BytePattern pattern, ConfigPath path, Findings findings)
    {
        var needed = pattern.Offset + pattern.Length;
        foreach (var id in graph.EndpointsOf(route))
        {
            if (id is null || graph.IsUdp(id) || !graph.Endpoints.TryGetValue(id, out var endpoint))
                continue;
            var most = L4Endpoint.Keys.MaxPrefaceBytes.Of(endpoint);
            if (needed > most)
                findings.Error(path, $"It looks at the first {needed} bytes, and the endpoint '{id}' reads {most} to choose a route: raise its 'MaxPrefaceBytes', or look at fewer.");
        }
    }
}
