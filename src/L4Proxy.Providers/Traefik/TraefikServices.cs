using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Traefik;

/// <summary>Services that routers name: clusters, each once.</summary>
internal sealed class TraefikServices(TraefikSources sources, ImportedConfig config)
{
    private const int MaxDepth = 8;
    private const int MaxServers = 10_000;
    private const int MaxWeight = 1_000_000;

    private readonly TraefikServers _servers = new(sources);
    private readonly Dictionary<(string Protocol, string Name), TraefikTarget?> _targets = [];
    private readonly Dictionary<(string Protocol, string Name), TraefikPool?> _pools = [];

    /// <summary>Where a router leads; null where its service is not carried over, which is said.</summary>
    public TraefikTarget? TargetOf(string protocol, TraefikItem router)
    {
        if (router.Source.Text("service") is not { Length: > 0 } reference)
        {
            router.Source.Lost("service", "A router needs a service.");
            return null;
        }
        if (sources.Find($"{protocol}.services", reference, out var error) is not { } service)
        {
            router.Source.Lost("service", error);
            return null;
        }
        if (!_targets.TryGetValue((protocol, service.Name), out var target))
            _targets.Add((protocol, service.Name), target = TargetOf(protocol, service.Name, PoolOf(protocol, service, depth: 0)));
        if (target is null)
            router.Source.Lost("service", $"'{service.Name}' is not carried over, and so the router is not.");
        return target;
    }

    private TraefikTarget? TargetOf(string protocol, string name, TraefikPool? pool)
    {
        if (pool is null)
            return null;
        if (pool.Servers.Count == 0)
            return new(null);
        var shares = Summed(pool.Servers);
        var weights = TraefikShare.WeightsOf(shares);
        var ids = new ImportedIds();
        // By their addresses, so that a server that comes or goes is another to none of the rest.
        var destinations = shares.Select((share, i) => (share.Destination, Weight: weights[i])).OrderBy(server => server.Destination.Address, StringComparer.Ordinal).ToDictionary(
            server => ids.Next(server.Destination.Address!), server => server.Destination with { Weight = server.Weight });
        return new(config.Cluster(name, pool.Shape with
        {
            Destinations = destinations,
            LoadBalancingPolicy = destinations.Count == 1 ? null : pool.Shape.LoadBalancingPolicy ?? "RoundRobin",
        }));
    }

    private static List<TraefikShare> Summed(IEnumerable<TraefikShare> shares) => [.. shares.GroupBy(share => share.Destination).Select(Sum)];

    private static TraefikShare Sum(IGrouping<L4Destination, TraefikShare> shares) => shares.Aggregate(
        (one, other) => new TraefikShare(one.Destination, (one.Part * other.Of) + (other.Part * one.Of), one.Of * other.Of).Times(1, 1));

    private TraefikPool? PoolOf(string protocol, TraefikItem service, int depth)
    {
        if (_pools.TryGetValue((protocol, service.Name), out var known))
            return known;
        var (balancer, weighted) = (service.Source.Object("loadBalancer"), service.Source.Object("weighted"));
        service.Source.Rest();
        var pool = (balancer, weighted) switch
        {
            ({ } one, null) => _servers.Read(protocol, one),
            (null, { } one) => Weighted(protocol, one, depth),
            _ => null,
        };
        if (balancer is null == weighted is null)
            service.Source.Lost("", "It should have a 'loadBalancer' or 'weighted', one of the two.");
        return _pools[(protocol, service.Name)] = pool;
    }

    private TraefikPool? Weighted(string protocol, SourceObject weighted, int depth)
    {
        // What a service of services does when one has nobody left is what a cluster does.
        weighted.Object("healthCheck");
        List<(SourceObject Source, long Weight)> members = [.. weighted.Objects("services").Select(member => (member, Math.Clamp(member.Whole("weight") ?? 1, 0, MaxWeight)))];
        weighted.Rest();
        var sum = members.Sum(member => member.Weight);
        TraefikPool? all = null;
        foreach (var (member, weight) in members.Where(member => member.Weight > 0))
        {
            if (MemberOf(protocol, member, depth) is not { } pool)
                return null;
            if (all is not null && all.Servers.Count > 0 && pool.Servers.Count > 0 && all.Shape != pool.Shape)
            {
                member.Lost("name", "Its servers are spoken to or checked in another way than those before it, and in L4Proxy that is the cluster's.");
                return null;
            }
            all = new(all is { Servers.Count: > 0 } ? all.Shape : pool.Shape, [.. all?.Servers ?? [], .. pool.Servers.Select(server => server.Times(weight, sum))]);
            if (all.Servers.Count <= MaxServers)
                continue;
            member.Lost("name", $"A service has at most {MaxServers} servers here.");
            return null;
        }
        return all is null ? new(new(), []) : all with { Servers = Summed(all.Servers) };
    }

    private TraefikPool? MemberOf(string protocol, SourceObject member, int depth)
    {
        var reference = member.Text("name") ?? "";
        member.Rest();
        if (depth == MaxDepth)
            member.Lost("name", $"Services of services are at most {MaxDepth} deep.");
        else if (sources.Find($"{protocol}.services", reference, out var error) is { } service)
            return PoolOf(protocol, service, depth + 1);
        else
            member.Lost("name", error);
        return null;
    }
}
