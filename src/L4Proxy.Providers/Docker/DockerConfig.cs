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

    private static readonly Dictionary<string, L4Endpoint> s_none = [];

    // What is wrong without any container is not theirs.
    private readonly Lazy<HashSet<L4ConfigError>> _known = new(() => [.. Validate(new() { Endpoints = others ?? s_none })]);

    private readonly Lazy<Dictionary<string, string>> _urls =
        new(() => (others ?? s_none).Where(other => other.Value.Url is not null).DistinctBy(other => other.Value.Url).ToDictionary(other => other.Value.Url!, other => other.Key));

    /// <summary>Builds it.</summary>
    public L4Config Build(IReadOnlyList<DockerRoute> routes)
    {
        var right = new List<DockerRoute>();
        Join(right, Agreeing(routes.Where(IsRightAlone).OrderBy(route => route.Container.Created)).ToArray());
        return Of([.. routes.Intersect(right, ReferenceEqualityComparer.Instance).Cast<DockerRoute>()]);
    }

    private bool IsRightAlone(DockerRoute route)
    {
        if (others is not null && route.Endpoints.FirstOrDefault(endpoint => !others.ContainsKey(endpoint)) is { } unknown)
            return Refuse(route, route.LabelOf.GetValueOrDefault("Endpoints", route.Label), $"There is no endpoint '{unknown}'{NearestName.Hint(unknown, others.Keys)}");
        return Refuse(route, ErrorsOf([route], isAlone: true));
    }

    // Of two that want one port the older has it: a container that starts takes nothing from one that is there. They join by halves: mostly all can be, and few validations find the few that cannot.
    private void Join(List<DockerRoute> right, ArraySegment<DockerRoute> more)
    {
        var errors = ErrorsOf([.. right, .. more]);
        if (errors.Count == 0)
        {
            right.AddRange(more);
        }
        else if (more.Count == 1)
        {
            Refuse(more[0], errors);
        }
        else
        {
            Join(right, more[..(more.Count / 2)]);
            Join(right, more[(more.Count / 2)..]);
        }
    }

    /// <summary>Of containers that share a cluster the oldest that says something of it is believed.</summary>
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

    private List<L4ConfigError> ErrorsOf(IReadOnlyList<DockerRoute> routes, bool isAlone = false)
    {
        if (routes.Count == 0)
            return [];
        var config = Of(routes);
        var errors = Validate(config with { Endpoints = WithOthers(config.Endpoints!, routes, isAlone) });
        errors.RemoveAll(_known.Value.Contains);
        return errors;
    }

    private static List<L4ConfigError> Validate(L4Config config)
    {
        var errors = new List<L4ConfigError>();
        ConfigValidator.Validate(config, errors, []);
        return errors;
    }

    // Of an endpoint that is not known it is believed that it has what the route needs. Alone a route is beside those that it names.
    private Dictionary<string, L4Endpoint> WithOthers(IReadOnlyDictionary<string, L4Endpoint> own, IReadOnlyList<DockerRoute> routes, bool isAlone)
    {
        var all = new Dictionary<string, L4Endpoint>(isAlone ? s_none : others ?? s_none);
        foreach (var route in routes)
        {
            foreach (var id in route.Endpoints.Concat(route.Listen.Select(_urls.Value.GetValueOrDefault).OfType<string>()))
                all.TryAdd(id, others?.GetValueOrDefault(id) ?? (route.IsUdp ? new() { Url = "udp://*:0" } : new() { Certificates = [new() { Path = "certificate.pem" }] }));
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
                config.OrderedRoute(Prefix + same.First().Name, RouteOf(same.First(), config) with { ClusterId = cluster });
        }
        return config.Build();
    }

    private static L4Cluster ClusterOf(IEnumerable<DockerRoute> routes)
    {
        var cluster = new L4Cluster();
        var destinations = new Dictionary<string, L4Destination>();
        var ids = new ImportedIds();
        foreach (var route in routes)
        {
            cluster = Together(cluster, route.Settings) ?? cluster;
            foreach (var destination in route.Destinations)
            {
                if (!destinations.Values.Any(known => known.Address == destination.Address))
                    destinations.Add(ids.Next(route.Container.Name), destination);
            }
        }
        return cluster with { Destinations = destinations };
    }

    private L4Route RouteOf(DockerRoute route, ImportedConfig config) =>
        route.Route with { Endpoints = [.. route.Endpoints.Concat(route.Listen.Select(url => EndpointOf(url, config))).Distinct()] };

    private string EndpointOf(string url, ImportedConfig config) =>
        _urls.Value.GetValueOrDefault(url)
        ?? config.Endpoint($"{Prefix}{url.Replace("://*:", "-", StringComparison.Ordinal).Replace("://", "-", StringComparison.Ordinal)}", new() { Url = url });

    /// <summary>What a route is: two of one cluster that are the same are one.</summary>
    private static string TextOf(DockerRoute route) =>
        $"{route.Name}\n{string.Join(' ', route.Listen)}\n{string.Join(' ', route.Endpoints)}\n{Encoding.UTF8.GetString(ConfigWriter.Write(L4Route.Keys.Shape, route.Route))}";
}
