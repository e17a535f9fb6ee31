using System.Globalization;
using System.Text.RegularExpressions;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Core.Tests.Destinations;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using Microsoft.Extensions.Logging.Abstractions;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>The default that is documented is the one at run time: giving it changes nothing of what connections read, and any other value does.</summary>
public sealed partial class DefaultsTests : IDisposable
{
    // What these say is asked of the machine first; they are not part of a snapshot.
    private static readonly ConfigKey[] s_ofTheMachine = [L4Config.Keys.Transport, L4Config.Keys.Reactors, L4Config.Keys.MaxConnections];

    private readonly CertificateFiles _files = new();
    private readonly LogQueue _queue = new(NullLogger<LogQueue>.Instance);
    private readonly L4Config _config;

    public DefaultsTests()
    {
        var certificates = new[] { _files.Write("a.pem", _files.Pki.Issue("a")) };
        _config = new L4Config
        {
            Endpoints = Map(
                ("own", new L4Endpoint { Url = "tls://*:1", Certificates = certificates, ClientCertificate = new(), ProxyProtocol = new() { Trusted = ["10.0.0.1"] }, Limits = new() { ConnectionRate = new() { Permits = 1 } } }),
                ("shared", new L4Endpoint { Kestrel = "Https", Certificates = certificates })),
            Routes = Map(("r", new L4Route { Endpoints = ["own", "shared"], ClusterId = "c", Throttle = new() { UploadBytesPerSecond = 1 }, Match = new() { Schedule = new() { From = new(8, 0) } }, Http = new() { Redirect = new() { Url = "/" }, Respond = new() } })),
            Clusters = Map(("c", new L4Cluster
            {
                Destinations = Map(("d", new L4Destination { Address = "10.0.0.2:1" })),
                ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V2 },
                Tls = new(),
                Queue = new(),
            })),
        };
    }

    public static TheoryData<string> Keys => [.. Declared().Select(item => $"{item.Record}:{item.Key.Name}").Distinct()];

    public void Dispose()
    {
        _files.Dispose();
        _queue.Dispose();
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_default_that_is_given_changes_nothing_and_another_value_does(string name)
    {
        // UDP has another: the next test.
        Func<L4Config, string> atRunTime = name == "L4Timeouts:Idle" ? config => UdpIdle().Replace(AtRunTime(config), "") : AtRunTime;
        var cluster = _config.Clusters!["c"];
        // What says nothing without another key.
        var given = name.StartsWith("L4Cluster:Hash", StringComparison.Ordinal) ? With(cluster with { LoadBalancingPolicy = "Hash" })
            : name.StartsWith("L4ActiveHealthCheck:", StringComparison.Ordinal) && name != "L4ActiveHealthCheck:Enabled"
                ? With(cluster with { HealthCheck = new() { Active = new() { Enabled = true } } })
            : _config;
        var omitted = atRunTime(given);
        var places = Places(L4Config.Keys.Shape, given, config => (L4Config)config).Where(place => $"{place.Record}:{place.Key.Name}" == name).ToList();

        Assert.NotEmpty(places);
        Assert.All(places, place => Assert.Equal(omitted, atRunTime(place.With(place.Key.Default!))));
        Assert.Contains(places, place => atRunTime(place.With(Another(place.Key))) != omitted);
    }

    [Fact]
    public void Silence_of_udp_has_a_default_of_its_own()
    {
        Assert.Equal((long)L4Timeouts.Keys.UdpIdle.TotalMilliseconds, UdpTimeouts.From(null, null).Idle);
        Assert.EndsWith(" Default: 10 minutes; for UDP 1 minute.", KeyDocs.Value(L4Timeouts.Keys.Idle), StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromMinutes(1), L4Timeouts.Keys.UdpIdle);
    }

    private static IEnumerable<(string Record, ConfigKey Key)> Declared() =>
        Places(L4Config.Keys.Shape, new L4Config(), config => (L4Config)config).Select(place => (place.Record, place.Key));

    /// <summary>Everywhere that a key with a default may be given, and the configuration in which it is.</summary>
    private static IEnumerable<(string Record, ConfigKey Key, Func<object, L4Config> With)> Places(
        RecordShape shape, object record, Func<object, L4Config> around)
    {
        foreach (var key in shape.Keys.Where(key => key.Shape != shape && !s_ofTheMachine.Contains(key)))
        {
            if (key.Default is not null)
                yield return (shape.Type.Name, key, value => around(key.Set(record, value)));
            foreach (var place in Below(key, record, around))
                yield return place;
        }
    }

    private static IEnumerable<(string Record, ConfigKey Key, Func<object, L4Config> With)> Below(
        ConfigKey key, object record, Func<object, L4Config> around) => key.Shape switch
    {
        RecordShape shape => Places(shape, key.Get(record) ?? Activator.CreateInstance(shape.Type)!, below => around(key.Set(record, below))),
        MapShape { Element: RecordShape shape } => (key.Get(record) is { } map ? ((MapShape)key.Shape).Items(map) : [new("id", Activator.CreateInstance(shape.Type))])
            .SelectMany(item => Places(shape, item.Value!, below => around(key.Set(record, Replaced(key.Get(record), item.Key, below))))),
        _ => [],
    };

    private static object Replaced(object? map, string id, object item) => (map, item) switch
    {
        (IReadOnlyDictionary<string, L4Endpoint> items, L4Endpoint one) => new Dictionary<string, L4Endpoint>(items) { [id] = one },
        (IReadOnlyDictionary<string, L4Route> items, L4Route one) => new Dictionary<string, L4Route>(items) { [id] = one },
        (IReadOnlyDictionary<string, L4Cluster> items, L4Cluster one) => new Dictionary<string, L4Cluster>(items) { [id] = one },
        (IReadOnlyDictionary<string, L4Destination> items, L4Destination one) => new Dictionary<string, L4Destination>(items) { [id] = one },
        _ => throw new InvalidOperationException($"Another map: {item}."),
    };

    private static object Another(ConfigKey key) => key.Default switch
    {
        bool value => !value,
        int value => value + 1,
        double value => value / 2,
        TimeSpan value => value + TimeSpan.FromSeconds(1),
        "UTC" => "Europe/Prague",
        string => "RoundRobin",
        var value => ((NameShape)key.Shape).Values.First(other => !other.Equals(value)),
    };

    private L4Config With(L4Cluster cluster) => _config with { Clusters = Map(("c", cluster)) };

    private string AtRunTime(L4Config config)
    {
        var snapshot = new SnapshotBuilder(SystemAddressLookup.LookUpAsync, _files.Store, new TlsBuilder(_files.Store), TestPolicies.With(), _files.Time)
            .Build(Sample.Graph(config), ProxySnapshot.Empty);
        var recorder = new ConnectionRecorder(null!, NullLoggerFactory.Instance, _queue, _files.Time);
        recorder.Configure(config.AccessLog);
        return string.Create(CultureInfo.InvariantCulture, $"{snapshot.ShutdownTimeout}\n{Fields.Of(snapshot)}{Fields.Of(recorder)}");
    }

    [GeneratedRegex(@"\S*UdpTimeouts\S*<Idle>\S* = \d+\n")]
    private static partial Regex UdpIdle();
}
