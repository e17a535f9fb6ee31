using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Docker;

/// <summary>Puts the routes of all containers together, and leaves out those that would spoil it for the others.</summary>
/// <param name="notes">Takes what is wrong.</param>
/// <param name="others">The endpoints of other sources; null where they are not known.</param>
internal sealed class DockerConfig(ImportNotes notes, IReadOnlyDictionary<string, L4Endpoint>? others)
{
    private const string Prefix = "docker-";

    /// <summary>Builds it.</summary>
    public L4Config Build(IReadOnlyList<DockerRoute> routes)
    {
        var alone = Agreeing(routes.Where(IsRightAlone));
        return Of(ErrorsOf(alone).Count == 0 ? alone : RightTogether(alone));
    }

    private bool IsRightAlone(DockerRoute route)
    {
        if (others is not null && route.Endpoints.FirstOrDefault(endpoint => !others.ContainsKey(endpoint)) is { } unknown)
            return Refuse(route, route.LabelOf.GetValueOrDefault("Endpoints", route.Label), $"There is no endpoint '{unknown}'{NearestName.Hint(unknown, others.Keys)}");
        return Refuse(route, ErrorsOf([route]));
    }

    // Each joins those before it only where all stay right: of two that want one port the first has it.
    private List<DockerRoute> RightTogether(List<DockerRoute> routes)
    {
        var right = new List<DockerRoute>();
        foreach (var route in routes)
        {
            right.Add(route);
            if (!Refuse(route, ErrorsOf(right)))
                right.RemoveAt(right.Count - 1);
        }
        return right;
    }

    /// <summary>Of containers that share a cluster the first that says something of it is believed.</summary>
    private List<DockerRoute> Agreeing(IEnumerable<DockerRoute> routes)
    {
        var said = new Dictionary<DockerCluster, L4Cluster>();
        var agreeing = new List<DockerRoute>();
        foreach (var route in routes)
        {
            var before = said.GetValueOrDefault(route.Cluster) ?? new();
            if (Together(before, route.Settings) is not { } together)
            {
                Refuse(route, route.Label, $"Another container of the cluster '{route.Cluster.Id}' says otherwise of it.");
                continue;
            }
            said[route.Cluster] = together;
            agreeing.Add(route);
        }
        return agreeing;
    }

    private static L4Cluster? Together(L4Cluster one, L4Cluster other) =>
        (one.LoadBalancingPolicy ?? other.LoadBalancingPolicy) == (other.LoadBalancingPolicy ?? one.LoadBalancingPolicy)
        && (one.ProxyProtocol ?? other.ProxyProtocol) == (other.ProxyProtocol ?? one.ProxyProtocol)
            ? one with { LoadBalancingPolicy = one.LoadBalancingPolicy ?? other.LoadBalancingPolicy, ProxyProtocol = one.ProxyProtocol ?? other.ProxyProtocol }
            : null;

    private bool Refuse(DockerRoute route, List<L4ConfigError> errors)
    {
        foreach (var error in errors)
        {
            var key = error.Path.Split(':').LastOrDefault(route.LabelOf.ContainsKey);
            Refuse(route, key is null ? route.Label : route.LabelOf[key], error.Message);
        }
        return errors.Count == 0;
    }

    private bool Refuse(DockerRoute route, string label, string message)
    {
        new DockerNotes(notes, route.Container).Lost(label, message);
        return false;
    }

    private List<L4ConfigError> ErrorsOf(IReadOnlyList<DockerRoute> routes)
    {
        var config = Of(routes);
        var errors = new List<L4ConfigError>();
        ConfigValidator.Validate(config with { Endpoints = WithOthers(config.Endpoints!, routes) }, errors, []);
        return errors;
    }

    // Of an endpoint that is not known it is believed that it has what the route needs.
    private Dictionary<string, L4Endpoint> WithOthers(IReadOnlyDictionary<string, L4Endpoint> own, IReadOnlyList<DockerRoute> routes)
    {
        var all = new Dictionary<string, L4Endpoint>(others ?? new Dictionary<string, L4Endpoint>());
        foreach (var route in routes)
        {
            foreach (var id in route.Endpoints)
                all.TryAdd(id, route.IsUdp ? new() { Url = "udp://*:0" } : new() { Certificates = [new() { Path = "certificate.pem" }] });
        }
        foreach (var (id, endpoint) in own)
            all[id] = endpoint;
        return all;
    }

    private L4Config Of(IReadOnlyList<DockerRoute> routes)
    {
        var config = new ImportedConfig();
        foreach (var shared in routes.GroupBy(route => route.Cluster))
        {
            var cluster = config.Cluster(Prefix + shared.Key.Id, ClusterOf(shared));
            foreach (var same in shared.GroupBy(TextOf))
                config.Place(Prefix + same.First().Name, RouteOf(same.First(), config) with { ClusterId = cluster });
        }
        return config.Build();
    }

    private static L4Cluster ClusterOf(IEnumerable<DockerRoute> routes)
    {
        var cluster = new L4Cluster();
        var destinations = new Dictionary<string, L4Destination>();
        foreach (var route in routes)
        {
            cluster = Together(cluster, route.Settings) ?? cluster;
            foreach (var destination in route.Destinations)
            {
                if (!destinations.Values.Any(known => known.Address == destination.Address))
                    destinations.Add(ImportedConfig.IdOf(route.Container.Name, destinations.Keys), destination);
            }
        }
        return cluster with { Destinations = destinations };
    }

    private L4Route RouteOf(DockerRoute route, ImportedConfig config) =>
        route.Route with { Endpoints = [.. route.Endpoints.Concat(route.Listen.Select(url => EndpointOf(url, config))).Distinct()] };

    private string EndpointOf(string url, ImportedConfig config) =>
        others?.FirstOrDefault(other => other.Value.Url == url).Key
        ?? config.Endpoint($"{Prefix}{url.Replace("://*:", "-", StringComparison.Ordinal).Replace("://", "-", StringComparison.Ordinal)}", new() { Url = url });

    /// <summary>What a route is: two of one cluster that are the same are one.</summary>
    private static string TextOf(DockerRoute route) =>
        $"{route.Name}\n{string.Join(' ', route.Listen)}\n{string.Join(' ', route.Endpoints)}\n{Encoding.UTF8.GetString(ConfigWriter.Write(L4Route.Keys.Shape, route.Route))}";
}
