namespace L4Proxy.Providers.Traefik;

/// <summary>Where routers are: the entry points that they name, or all that are known.</summary>
internal sealed class TraefikPlaces
{
    private const int MostListed = 20;

    private readonly TraefikEntryPoints _entryPoints;
    private readonly Dictionary<TraefikItem, List<string>> _named = [];
    private readonly List<string> _allTcp;
    private readonly List<string> _allUdp;
    private readonly HashSet<string> _mixed;

    /// <summary>Looks at all routers: what one is on may be what another names.</summary>
    public TraefikPlaces(TraefikSources sources, TraefikEntryPoints entryPoints)
    {
        _entryPoints = entryPoints;
        var (tcp, udp) = (sources.All("tcp.routers").Concat(sources.All("http.routers")).ToList(), sources.All("udp.routers"));
        foreach (var router in tcp.Concat(udp))
            _named.Add(router, [.. (router.Source.Texts("entryPoints") ?? []).Distinct()]);
        var (ofTcp, ofUdp) = (tcp.SelectMany(router => _named[router]).ToHashSet(), udp.SelectMany(router => _named[router]).ToHashSet());
        _allTcp = All(ofTcp, ofUdp, isUdp: false);
        _allUdp = All(ofUdp, ofTcp, isUdp: true);
        // Where any router is of TLS, first bytes are looked at, and the others get no client of TLS.
        _mixed = [.. tcp.Where(router => router.Source.Has("tls")).SelectMany(router => Names(router, isUdp: false))];
    }

    /// <summary>Where a router is; nowhere where none of its entry points is known, which is said.</summary>
    public List<TraefikListen> Of(TraefikItem router, bool isUdp)
    {
        var places = new List<TraefikListen>();
        var names = Names(router, isUdp);
        if (_named[router].Count == 0)
            router.Source.LeftOut("entryPoints", names.Count == 0 ? "It names none, and none is known." : $"It names none, and so it is on all that are known: {Listed(names)}.");
        foreach (var name in names)
        {
            if (_entryPoints.EndpointOf(name, isUdp, out var port, out var error) is { } endpoint)
                places.Add(new(endpoint, port, _mixed.Contains(name)));
            else
                router.Source.Lost("entryPoints", error);
        }
        return places;
    }

    private static string Listed(List<string> names) =>
        string.Join(", ", names.Take(MostListed).Select(name => $"'{name}'")) + (names.Count > MostListed ? $" and {names.Count - MostListed} more" : "");

    private List<string> Names(TraefikItem router, bool isUdp) => _named[router] is { Count: > 0 } named ? named : isUdp ? _allUdp : _allTcp;

    private List<string> All(HashSet<string> named, HashSet<string> namedByOthers, bool isUdp) =>
        [.. _entryPoints.NamesFor(isUdp).Where(name => !namedByOthers.Contains(name)).Concat(named).Distinct().Where(name => _entryPoints.IsKnown(name, isUdp)).Order(StringComparer.Ordinal)];
}
