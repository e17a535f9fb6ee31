using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>Routers of UDP: one for each entry point.</summary>
internal sealed class TraefikUdp(TraefikPlaces places, TraefikServices services, ImportedConfig config)
{
    /// <summary>Reads them; of several on one entry point the last by name has it, as there.</summary>
    public void Read(IEnumerable<TraefikItem> routers)
    {
        var taken = new Dictionary<(string Endpoint, string? Port), string>();
        foreach (var router in routers.Reverse())
        {
            var listens = places.Of(router, isUdp: true);
            var target = services.TargetOf("udp", router);
            router.Source.Rest();
            foreach (var listen in listens.Where(listen => !taken.TryAdd((listen.Endpoint, listen.Port), router.Name) && taken[(listen.Endpoint, listen.Port)] != router.Name).ToList())
            {
                router.Source.LeftOut("entryPoints", $"All of '{listen.Endpoint}' is the router's '{taken[(listen.Endpoint, listen.Port)]}', as it is with Traefik.");
                listens.Remove(listen);
            }
            if (target is not null)
                Add(router, target, listens);
        }
    }

    private void Add(TraefikItem router, TraefikTarget target, List<TraefikListen> listens)
    {
        foreach (var alike in listens.GroupBy(listen => listen.Port))
        {
            var route = new L4Route
            {
                Endpoints = [.. alike.Select(listen => listen.Endpoint).Distinct()],
                Match = alike.Key is null ? null : new() { LocalPorts = [alike.Key] },
                ClusterId = target.ClusterId,
            };
            config.OrderedRoute(router.Name, target.ClusterId is null ? TraefikTcpMiddlewares.Reject(route) : route);
        }
    }
}
