using CsCheck;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Core.Tests.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Files;
using L4Proxy.Routing;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Snapshot;

/// <summary>Of a change only what is new is looked at and built: what comes of it is what would come of looking at everything.</summary>
public sealed class OneChangeTests : IDisposable
{
    private static readonly ConfigPath s_path = new(ConfigReader.SectionName);

    private static readonly L4Route[] s_routes =
    [
        new() { ClusterId = "c0", Match = new() { Sni = ["a.example.com"] } },
        new() { ClusterId = "c1", Match = new() { Sni = ["*.example.com", "b.example.com"] } },
        new() { ClusterId = "c2", Endpoints = ["in", "in"], Match = new() { Sni = ["{name}.example.com"] } },
        new() { ClusterId = "c2", Match = new() { Sni = ["a.example.com"] }, Order = 1 },
        new() { ClusterId = "c3", Endpoints = ["udp"] },
        new() { ClusterId = "c0", Endpoints = ["in", "udp"], Match = new() { Protocols = ["dns"] } },
        new() { ClusterId = "c0", Match = new() { Protocols = ["mqtt"], LocalPorts = ["9"] } },
        new() { ClusterId = "nowhere" },
        new() { ClusterId = "c1", Endpoints = ["nowhere"] },
        new() { Action = L4RouteAction.Reject },
        new() { ClusterId = "c4", Mode = L4RouteMode.L7, Match = new() { Sni = ["h.example.com"] } },
        new() { ClusterId = "c4", Mode = L4RouteMode.L7, Match = new() { Sni = ["h.example.com"], Path = ["/x"] } },
        new() { ClusterId = "c0", Match = new() { ClientAddresses = ["10.0.0.0/8"] }, Limits = new() { MaxConnections = 3 }, Throttle = new() { UploadBytesPerSecond = 10 } },
        new() { ClusterId = "c0", Match = new() { Sni = ["not a name"] }, Tls = L4RouteTls.Terminate },
        new() { ClusterId = "c1", Firewall = new() { Deny = ["10.0.0.1"] } },
    ];

    private static readonly L4Cluster[] s_clusters =
    [
        To("10.0.0.1:80"),
        To("10.0.0.2:80", "10.0.0.3:80"),
        To("127.0.0.1:7001"),
        To("{name}.internal:80"),
        To("unix:/run/s"),
        To("srv:_x._tcp.example.com"),
        To("10.0.0.4:80") with { Queue = new() { Timeout = TimeSpan.FromSeconds(1) } },
        To("10.0.0.5:80") with { HealthCheck = new() { Active = new() { Enabled = true } } },
        To("10.0.0.6:80") with { Tls = new() { SkipVerify = true } },
        To("10.0.0.7:80") with { Dns = new() { RefreshInterval = TimeSpan.FromSeconds(5) } },
        To("10.0.0.8:80") with { Http = new() { Protocol = L4HttpProtocol.H2 } },
        To("nothing at all"),
        new() { Destinations = Map(("d", new L4Destination { Address = "10.0.0.9:80", Weight = 0, HealthAddress = "10.0.0.9:81" })) },
    ];

    private readonly FileStore _files = new("/", TimeProvider.System, NullLogger<FileStore>.Instance);
    private readonly SnapshotBuilder _builder;

    public OneChangeTests() => _builder = new SnapshotBuilder(SystemAddressLookup.LookUpAsync, _files, new TlsBuilder(_files), TestPolicies.With(), TimeProvider.System);

    public void Dispose() => _files.Dispose();

    [Fact]
    public void What_comes_of_changes_one_by_one_is_what_comes_of_the_whole() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            var config = new L4Config
            {
                Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:7001" }), ("other", new L4Endpoint { Url = "tcp://127.0.0.1:7002" }), ("udp", new L4Endpoint { Url = "udp://127.0.0.1:7003" })),
                Routes = new Dictionary<string, L4Route>(),
                Clusters = new Dictionary<string, L4Cluster>(),
            };
            var inForce = ProxySnapshot.Empty;
            for (var step = 0; step < 30; step++)
            {
                config = Changed(config, random);
                inForce = CheckOne(config, inForce);
            }
        },
        iter: 200);

    /// <summary>Where there is no room between two entries any more all get other ranks, and all are looked at: the ranks that one of several new ones had got say nothing then.</summary>
    [Fact]
    public void What_is_covered_is_found_where_ranks_have_no_room()
    {
        var routes = Enumerable.Range(0, 50).Select(i => Routing.Routes.Route($"b{i:D2}", new() { Sni = [$"n{i}.x"] }, order: i)).ToList();
        var table = RouteTable.Create(routes);
        Assert.Empty(table.FindUnreachable());
        // Ranks stay high where those before are gone.
        table = Next(table, [], routes[..40]);
        for (var i = 0; i < 12; i++)
            table = Next(table, [Routing.Routes.Route($"f{i:D2}", new() { Sni = [$"*.f{i}.x"] }, order: 48)], []);

        table = RouteTable.Create([Routing.Routes.Route("c", new() { Sni = ["n49.x", "*.z.x"] }, order: 48), Routing.Routes.Route("g", new() { Sni = ["*.g.x"] }, order: 48)], [], HttpNames.Both, table);

        Assert.Equal([("b49", "c")], table.FindUnreachable());

        static RouteTable Next(RouteTable before, IReadOnlyCollection<RouteModel> added, IReadOnlyCollection<RouteModel> gone)
        {
            var table = RouteTable.Create(added, gone, HttpNames.Both, before);
            Assert.Empty(table.FindUnreachable());
            return table;
        }
    }

    /// <summary>What is the same stays the same object, or the next change would cost as much as all.</summary>
    [Fact]
    public void What_has_not_changed_is_not_built_again()
    {
        var config = new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "tcp://127.0.0.1:7001" }), ("other", new L4Endpoint { Url = "tcp://127.0.0.1:7002" })),
            Routes = Map(("a", s_routes[0] with { Endpoints = ["in"] }), ("b", s_routes[1] with { Endpoints = ["other"] })),
            Clusters = Map(("c0", s_clusters[0]), ("c1", s_clusters[1])),
        };
        var before = Build(config, ProxySnapshot.Empty).Snapshot!;

        var after = Build(config with { Routes = Map([.. config.Routes.Select(item => (item.Key, item.Value)), ("c", s_routes[3] with { Endpoints = ["in"], ClusterId = "c0" })]) }, before).Snapshot!;

        Assert.Same(before.Routes["a"], after.Routes["a"]);
        Assert.Same(before.Clusters["c1"], after.Clusters["c1"]);
        Assert.Same(before.Endpoints["other"].Routes, after.Endpoints["other"].Routes);
        Assert.Equal(["a", "c"], after.Endpoints["in"].Routes.RouteIds);
    }

    private ProxySnapshot CheckOne(L4Config config, ProxySnapshot inForce)
    {
        var one = Build(config, inForce);
        var whole = Build(config, ProxySnapshot.Empty);

        Assert.Equal(whole.Errors.Select(error => error.ToString()), one.Errors.Select(error => error.ToString()));
        Assert.Equal(whole.Warnings.Select(error => error.ToString()).Order(), one.Warnings.Select(error => error.ToString()).Order());
        if (one.Snapshot is not { } snapshot)
            return inForce;
        foreach (var (id, endpoint) in whole.Snapshot!.Endpoints)
        {
            Assert.Equal(Describe(endpoint.Routes), Describe(snapshot.Endpoints[id].Routes));
            Assert.Equal(ByRank(endpoint.Routes), ByRank(snapshot.Endpoints[id].Routes));
        }
        Assert.Equal(whole.Snapshot.HttpRoutes.Select(route => route.Id).Order(), snapshot.HttpRoutes.Select(route => route.Id).Order());
        Assert.Equal(whole.Snapshot.RouteLimits.Keys.Order(), snapshot.RouteLimits.Keys.Order());
        Assert.Equal(whole.Snapshot.Clusters.Values.Select(Describe), snapshot.Clusters.Values.Select(Describe));
        Assert.All(snapshot.Routes.Values, route => Assert.Same(route.Config.ClusterId is { } cluster ? snapshot.Clusters[cluster] : null, route.Cluster));
        snapshot.Activate(inForce, now: 0);
        Assert.All(snapshot.Clusters.Values, cluster => Assert.Same(cluster, cluster.State.Current));
        return snapshot;
    }

    private (ProxySnapshot? Snapshot, List<L4ConfigError> Errors, List<L4ConfigError> Warnings) Build(L4Config config, ProxySnapshot previous)
    {
        var (errors, warnings) = (new List<L4ConfigError>(), new List<L4ConfigError>());
        var graph = ConfigValidator.Validate(config, errors, warnings, before: previous.Graph);
        var snapshot = errors.Count == 0 ? _builder.Build(graph, previous) : null;
        if (snapshot is not null)
            warnings.AddRange(UnreachableRoutes.WarningsOf(snapshot));
        return (snapshot, errors, warnings);
    }

    private static L4Config Changed(L4Config config, Random random)
    {
        // As of a store: what nobody has touched is the same map.
        var (ofRoutes, ofClusters) = (random.Next(3) > 0, random.Next(3) > 0);
        var routes = ofRoutes ? config.Routes!.ToDictionary() : (Dictionary<string, L4Route>)config.Routes!;
        var clusters = ofClusters ? config.Clusters!.ToDictionary() : (Dictionary<string, L4Cluster>)config.Clusters!;
        for (var changes = random.Next(1, 3); changes > 0; changes--)
        {
            switch (random.Next(5))
            {
                case 0 or 2 when !ofRoutes:
                case 1 or 3 or 4 when !ofClusters:
                    break;
                case 0:
                    routes.Remove($"r{random.Next(8)}");
                    break;
                case 1:
                    clusters.Remove($"c{random.Next(5)}");
                    break;
                case 2:
                    routes[$"r{random.Next(8)}"] = s_routes[random.Next(s_routes.Length)] with { };
                    break;
                default:
                    clusters[$"c{random.Next(5)}"] = s_clusters[random.Next(s_clusters.Length)] with { };
                    break;
            }
        }
        var endpoints = random.Next(20) == 0 ? config.Endpoints!.ToDictionary(item => item.Key, item => item.Value with { MaxPrefaceBytes = random.Next(1000, 2000) }) : config.Endpoints;
        return config with { Endpoints = endpoints, Routes = routes, Clusters = clusters };
    }

    private static string Describe(RouteTable table) => $"{string.Join(' ', table.RouteIds)} | {string.Join(' ', table.FindUnreachable())} | {table.Protocols} {table.Needs.Addresses}";

    // What a look-up goes by; two entries of one rank would be one too few.
    private static IEnumerable<string> ByRank(RouteTable table) =>
        table.Routes.SelectMany(table.EntriesOf).ToDictionary(entry => entry.Rank).OrderBy(item => item.Key).Select(item => $"{item.Value.Route.Id} {item.Value.Pattern}");

    private static string Describe(L4Proxy.Destinations.ClusterModel cluster) =>
        $"{cluster.Id}: {string.Join(' ', cluster.Destinations.Select(destination => $"{destination.Id} {destination.Address} {destination.Weight} {destination.HealthAddress} {destination.Enabled}"))}";

    private static L4Cluster To(params string[] addresses) => new() { Destinations = Map([.. addresses.Select((address, i) => ($"d{i}", new L4Destination { Address = address }))]) };
}
