using System.Text;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Hosting.Tests.Configuration;

public class ConfigurationConfigProviderTests
{
    [Fact]
    public void The_example_of_the_design_is_read_to_the_same_records_as_from_json()
    {
        var file = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Configuration", "example.jsonc"));

        var snapshot = Read(Json(file));

        Assert.Empty(snapshot.Errors);
        AssertSame(ConfigReader.ParseFile(file, "example.jsonc").Config, snapshot.Config);
    }

    [Fact]
    public void A_configuration_that_a_writer_wrote_is_read_back()
    {
        var config = new L4Config
        {
            ShutdownTimeout = TimeSpan.FromMilliseconds(1500),
            Endpoints = new Dictionary<string, L4Endpoint>
            {
                ["a.b-c_d@e"] = new() { Url = "tcp://*:1", KeepAlive = TimeSpan.Zero, ReusePort = true, MaxPrefaceBytes = 100 },
            },
            Routes = new Dictionary<string, L4Route>
            {
                ["r"] = new() { Match = new(), Order = -1, Action = L4RouteAction.Reject, Metadata = new Dictionary<string, string> { ["k"] = "" } },
                ["s"] = new()
                {
                    Match = new()
                    {
                        Sni = [.. Enumerable.Range(0, 12).Select(i => $"h{i}.example.com"), ""],
                        Custom = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["m"] = new Dictionary<string, string> { ["k"] = "v" } },
                        AnyOf = [new() { LocalPorts = ["443"] }, new()],
                    },
                },
            },
        };

        var snapshot = Read(Json(Encoding.UTF8.GetBytes($$"""{ "L4Proxy": {{Encoding.UTF8.GetString(ConfigWriter.Write(config))}} }""")));

        Assert.Empty(snapshot.Errors);
        AssertSame(config, snapshot.Config);
    }

    [Fact]
    public void Environment_variables_set_any_value()
    {
        var snapshot = Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["l4proxy:MAXCONNECTIONS"] = "10",
            ["L4Proxy:AccessLog:Enabled"] = "False",
            ["L4Proxy:AccessLog:Sampling"] = "0.25",
            ["L4Proxy:Endpoints:e:Url"] = "tcp://*:1",
            ["L4Proxy:Routes:r:Endpoints:0"] = "e",
            ["L4Proxy:Routes:r:Match:LocalPorts:0"] = "443",
            ["L4Proxy:Clusters:c:ProxyProtocol"] = "V2",
            ["L4Proxy:Clusters:c:Timeouts:Idle"] = "00:00:05",
        }).Build());

        Assert.Empty(snapshot.Errors);
        AssertSame(
            ConfigReader.Parse("""
                {
                  "MaxConnections": 10, "AccessLog": { "Enabled": false, "Sampling": 0.25 }, "Endpoints": { "e": { "Url": "tcp://*:1" } },
                  "Routes": { "r": { "Endpoints": ["e"], "Match": { "LocalPorts": ["443"] } } },
                  "Clusters": { "c": { "ProxyProtocol": { "Version": "V2" }, "Timeouts": { "Idle": "00:00:05" } } }
                }
                """u8.ToArray()).Config,
            snapshot.Config);
    }

    [Fact]
    public void Entries_of_a_list_are_in_the_order_of_their_indexes_and_gaps_are_closed()
    {
        var snapshot = Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["L4Proxy:Routes:r:Match:Sni:10"] = "c",
            ["L4Proxy:Routes:r:Match:Sni:2"] = "b",
            ["L4Proxy:Routes:r:Match:Sni:0"] = "a",
        }).Build());

        Assert.Empty(snapshot.Errors);
        Assert.Equal(["a", "b", "c"], snapshot.Config.Routes!["r"].Match!.Sni);
    }

    [Fact]
    public void An_empty_list_is_kept_and_may_be_added_to()
    {
        var json = new MemoryStream("""{ "L4Proxy": { "Routes": { "r": { "Endpoints": [] } }, "Dns": { "Servers": [] } } }"""u8.ToArray());
        var both = new ConfigurationBuilder().AddJsonStream(json)
            .AddInMemoryCollection(new Dictionary<string, string?> { ["L4Proxy:Dns:Servers:0"] = "10.0.0.1" }).Build();

        var snapshot = Read(both);

        Assert.Empty(snapshot.Errors);
        Assert.Empty(snapshot.Config.Routes!["r"].Endpoints!);
        Assert.Equal(["10.0.0.1"], snapshot.Config.Dns!.Servers);
    }

    [Fact]
    public void An_empty_object_is_kept_and_null_is_not_given()
    {
        var snapshot = Read(Json("""
            { "L4Proxy": { "MaxConnections": null, "Routes": { "r": { "Match": {}, "Endpoints": null, "ClusterId": null } } } }
            """u8.ToArray()));

        Assert.Empty(snapshot.Errors);
        Assert.Null(snapshot.Config.MaxConnections);
        Assert.Equal(new L4Match(), snapshot.Config.Routes!["r"].Match);
        Assert.Null(snapshot.Config.Routes["r"].Endpoints);
    }

    [Fact]
    public void Errors_are_those_of_json_with_the_path_of_the_section()
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Tenants:One:Routes:r:Clusterid2"] = "a",
            ["Tenants:One:Routes:r:Endpoints"] = "e",
            ["Tenants:One:Routes:r:Match:Sni:x"] = "a",
            ["Tenants:One:Routes:r:Order:below"] = "1",
            ["Tenants:One:Routes:r:Timeouts:Idle"] = "5",
            ["Tenants:One:Routes:r:Unknown:below:it"] = "1",
        }).Build();

        var snapshot = new ConfigurationConfigProvider(root.GetSection("Tenants:One"), null, TimeProvider.System).GetConfig();

        Assert.Equal(
            [
                "Tenants:One:Routes:r:Clusterid2: Unknown key 'Clusterid2', did you mean 'ClusterId'?",
                "Tenants:One:Routes:r:Endpoints: Expected a list, found 'e'.",
                "Tenants:One:Routes:r:Match:Sni: Expected a list, found an object.",
                "Tenants:One:Routes:r:Order: Expected a whole number, found an object.",
                "Tenants:One:Routes:r:Timeouts:Idle: '5' is not a duration: it would be days. Write 00:00:05 for 5 seconds.",
            ],
            snapshot.Errors.Select(error => error.ToString()).Where(error => !error.Contains("Unknown:", StringComparison.Ordinal)));
        Assert.Contains(snapshot.Errors, error => error.Path == "Tenants:One:Routes:r:Unknown");
    }

    [Fact]
    public void A_value_with_keys_below_it_is_an_error()
    {
        var snapshot = Read(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["L4Proxy:Clusters:c:ProxyProtocol"] = "V2",
            ["L4Proxy:Clusters:c:ProxyProtocol:Tlvs:0"] = "Alpn",
        }).Build());

        Assert.Equal(
            "L4Proxy:Clusters:c:ProxyProtocol: There is the value 'V2' here and keys below it as well; give only one.",
            Assert.Single(snapshot.Errors).ToString());
    }

    [Fact]
    public void A_section_that_is_not_there_is_an_empty_configuration()
    {
        var snapshot = Read(new ConfigurationBuilder().Build());

        Assert.Empty(snapshot.Errors);
        Assert.Equal(new L4Config(), snapshot.Config);
    }

    [Fact]
    public void A_reload_fires_the_token_and_the_next_snapshot_is_new()
    {
        var root = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["L4Proxy:Reactors"] = "1" }).Build();
        var provider = Provider(root);
        var first = provider.GetConfig();

        root["L4Proxy:Reactors"] = "2";
        root.Reload();

        Assert.True(first.ChangeToken.HasChanged);
        var second = provider.GetConfig();
        Assert.False(second.ChangeToken.HasChanged);
        Assert.Equal((1, 2), (first.Config.Reactors, second.Config.Reactors));
    }

    [Theory]
    [InlineData("BROKER", "IN", "A", "ALL")]
    [InlineData("Broker", "In", "A", "All")]
    public void A_later_source_overrides_whatever_the_case_of_its_ids(string cluster, string endpoint, string destination, string route)
    {
        var snapshot = Read(new ConfigurationBuilder()
            .AddJsonStream(new MemoryStream("""
                {
                  "L4Proxy": {
                    "Endpoints": { "in": { "Url": "tcp://*:1883" } },
                    "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "broker" } },
                    "Clusters": { "broker": { "Destinations": { "a": { "Address": "file:1" } } } }
                  }
                }
                """u8.ToArray()))
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                [$"L4PROXY:CLUSTERS:{cluster}:DESTINATIONS:{destination}:ADDRESS"] = "environment:2",
                [$"L4PROXY:ENDPOINTS:{endpoint}:BACKLOG"] = "7",
                [$"L4PROXY:ROUTES:{route}:ORDER"] = "3",
            }).Build());

        Assert.Empty(snapshot.Errors);
        Assert.Equal("environment:2", snapshot.Config.Clusters!["broker"].Destinations!["a"].Address);
        Assert.Equal(("tcp://*:1883", 7), (snapshot.Config.Endpoints!["in"].Url, snapshot.Config.Endpoints["in"].Backlog));
        Assert.Equal((3, "broker"), (snapshot.Config.Routes!["all"].Order, snapshot.Config.Routes["all"].ClusterId));
    }

    [Fact]
    public void References_are_taken_in_any_case()
    {
        // What the section is a section of is not known: ids are as IConfiguration gives them.
        var root = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["L4Proxy:Endpoints:IN:Url"] = "tcp://*:1883",
            ["L4Proxy:Routes:all:Endpoints:0"] = "in",
            ["L4Proxy:Routes:all:ClusterId"] = "Broker",
            ["L4Proxy:Routes:none:ClusterId"] = "elsewhere",
            ["L4Proxy:Clusters:BROKER:LoadBalancingPolicy"] = "First",
        }).Build();

        using var provider = new ConfigurationConfigProvider(root.GetSection("L4Proxy"), null, TimeProvider.System);
        var routes = provider.GetConfig().Config.Routes!;

        Assert.Equal(("IN", "BROKER"), (Assert.Single(routes["all"].Endpoints!), routes["all"].ClusterId));
        Assert.Equal("elsewhere", routes["none"].ClusterId);
    }

    [Theory]
    [InlineData("L4Porxy:Endpoints:in:Url", "'L4Porxy'")]
    [InlineData("L4-Proxy:Endpoints:in:Url", "'L4-Proxy'")]
    [InlineData("L4Proxy_Endpoints_in_Url", "'L4Proxy__Endpoints__in__Url'")]
    [InlineData("l4proxy_endpoints_in_url", "'l4proxy__endpoints__in__url'")]
    public void A_section_that_is_not_there_names_what_was_perhaps_meant(string key, string named)
    {
        var warning = Assert.Single(Read(new ConfigurationBuilder().AddInMemoryCollection([new(key, "x"), new("NO_PROXY", "y")]).Build()).Warnings);

        Assert.Equal("L4Proxy", warning.Path);
        Assert.Contains(named, warning.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NO_PROXY")]
    [InlineData("ALL_PROXY")]
    [InlineData("Logging:LogLevel:Default")]
    public void A_section_that_is_not_there_and_none_like_it_is_no_warning(string key) =>
        Assert.Empty(Read(new ConfigurationBuilder().AddInMemoryCollection([new(key, "x")]).Build()).Warnings);

    private static ConfigurationConfigProvider Provider(IConfigurationRoot root) => new(root.GetSection("L4Proxy"), root, TimeProvider.System);

    private static IConfigurationRoot Json(byte[] file) => new ConfigurationBuilder().AddJsonStream(new MemoryStream(file)).Build();

    private static L4ConfigSnapshot Read(IConfigurationRoot root) =>
        Provider(root).GetConfig();

    // IConfiguration sorts keys, so that ids may come in another order.
    private static void AssertSame(L4Config expected, L4Config actual)
    {
        using var first = JsonDocument.Parse(ConfigWriter.Write(expected));
        using var second = JsonDocument.Parse(ConfigWriter.Write(actual));
        Assert.True(JsonElement.DeepEquals(first.RootElement, second.RootElement), $"{first.RootElement}\n{second.RootElement}");
    }
}
