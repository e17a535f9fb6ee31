using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Providers.Tests.Caddy;

public sealed class CaddyImportTests
{
    private const string Agents =
        """
        { "admin": { "listen": "0.0.0.0:2019" }, "apps": {
          "http": { "servers": { "reverse_proxy": { "listen": [":80", ":443"], "routes": [] } } },
          "layer4": { "servers": {
            "h2_broker_l4_0": { "listen": [":1883"], "routes": [ { "@id": "h2_broker_l4_0_route",
              "handle": [ { "handler": "proxy", "upstreams": [ { "dial": ["192.0.2.7:11883"] } ] } ] } ] },
            "h2_edge_l4_1": { "listen": [":443"], "routes": [ { "@id": "h2_edge_l4_1_route",
              "match": [ { "tls": { "sni": ["*.example.com"] } } ],
              "handle": [ { "handler": "proxy", "upstreams": [ { "dial": ["192.0.2.9:443"] } ] } ] } ] } } } } }
        """;

    [Fact]
    [Trait("Row", "A3")]
    public void What_an_agent_pushes_is_carried_over_whole()
    {
        var imported = Import(Agents);

        Assert.Empty(imported.Errors);
        Assert.Equal(["admin"], imported.Warnings.Select(warning => warning.Path));
        Assert.Equal(
            """
            {"L4Proxy":{"Endpoints":{"h2_broker_l4_0":{"Url":"tcp://*:1883"},"h2_edge_l4_1":{"Url":"tcp://*:443"}},"Routes":{"h2_broker_l4_0_route":{"Endpoints":["h2_broker_l4_0"],"ClusterId":"h2_broker_l4_0_route","Order":0},"h2_edge_l4_1_route":{"Endpoints":["h2_edge_l4_1"],"Match":{"Sni":["{_1}.example.com"],"Protocols":["tls"]},"ClusterId":"h2_edge_l4_1_route","Order":0}},"Clusters":{"h2_broker_l4_0_route":{"Destinations":{"d1":{"Address":"192.0.2.7:11883"}}},"h2_edge_l4_1_route":{"Destinations":{"d1":{"Address":"192.0.2.9:443"}}}}}}
            """,
            JsonNode.Parse(imported.ToJson())!.ToJsonString(new(JsonSerializerOptions.Default) { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        AssertValid(imported);
    }

    [Fact]
    [Trait("Row", "C5")]
    public void A_group_of_the_name_leads_to_a_host_of_its_own_and_a_certificate_that_is_missing_is_said()
    {
        var imported = Import(Server(
            """{ "match": [{ "tls": { "sni_regexp": { "pattern": "^(.+)\\.example\\.com$" } } }], "handle": [{ "handler": "tls" }, { "handler": "proxy", "upstreams": [{ "dial": ["{tls.regexp.1}.internal:22"] }] }] }"""));

        var route = Assert.Single(imported.Config.Routes!).Value;
        Assert.Equal([@"(?<g1>.+)\.example\.com"], route.Match!.SniRegex!);
        Assert.Equal(L4RouteTls.Terminate, route.Tls);
        Assert.Equal("{g1}.internal:22", Assert.Single(imported.Config.Clusters!["s-0"].Destinations!).Value.Address);
        Assert.Equal("apps.layer4.servers.s.routes[0].handle[0].handler", Assert.Single(imported.Errors).Path);
        // Nothing is pretended: without a certificate it is no configuration.
        Assert.Contains(ErrorsOf(imported), error => error.Path.EndsWith(":Certificate", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""[{ "tls": {} }]""", """{"Protocols":["tls"]}""")]
    [InlineData("""[{ "tls": { "sni": ["a.example.com", "*.*.example.com"], "alpn": ["mqtt"] } }]""", """{"Sni":["a.example.com","{_1}.{_2}.example.com"],"Alpn":["mqtt"],"Protocols":["tls"]}""")]
    [InlineData("""[{ "tls": { "sni_regexp": { "pattern": "b(a|c)" } } }]""", """{"SniRegex":[".*b(?<g1>a|c).*"],"Protocols":["tls"]}""")]
    [InlineData("""[{ "tls": { "sni_regexp": { "pattern": "^a|[|(]b$" } } }]""", """{"SniRegex":[".*(?:^a|[|(]b$).*"],"Protocols":["tls"]}""")]
    [InlineData("""[{ "tls": { "remote_ip": { "ranges": ["10.0.0.0/8"] } } }]""", """{"Protocols":["tls"],"ClientAddresses":["10.0.0.0/8"]}""")]
    [InlineData("""[{ "ssh": {} }, { "xmpp": {} }]""", """{"AnyOf":[{"Protocols":["ssh"]},{"Protocols":["xmpp"]}]}""")]
    [InlineData("""[{ "tls": {}, "ssh": {} }]""", """{"Protocols":["tls"],"AnyOf":[{"Protocols":["ssh"]}]}""")] // As there: nothing is both.
    [InlineData("""[{ "remote_ip": { "ranges": ["10.1.2.3/8"] } }]""", """{"ClientAddresses":["10.0.0.0/8"]}""")]
    [InlineData("""[{ "rdp": {} }]""", """{"Protocols":["rdp"]}""")]
    [InlineData("""[{ "postgres": {} }]""", """{"Protocols":["postgres"]}""")]
    [InlineData("""[{ "socks5": {} }]""", """{"Protocols":["socks5"]}""")]
    [InlineData("""[{ "remote_ip": { "ranges": ["192.0.2.0/24"] }, "local_ip": { "ranges": ["127.0.0.1"] } }]""", """{"ClientAddresses":["192.0.2.0/24"],"LocalAddresses":["127.0.0.1"]}""")]
    [InlineData("""[{ "not": [{ "remote_ip": { "ranges": ["10.0.0.1"] } }] }]""", """{"Not":{"ClientAddresses":["10.0.0.1"]}}""")]
    [InlineData("""[{ "not": [{ "ssh": {} }, { "tls": {} }] }]""", """{"Not":{"AnyOf":[{"Protocols":["ssh"]},{"Protocols":["tls"]}]}}""")]
    [InlineData("""[{ "http": [{ "host": ["*.example.com"], "path": ["/a/*"] }] }]""", """{"Protocols":["http"],"Host":["{_1}.example.com"],"Path":["/a/"]}""")]
    [InlineData("""[{ "http": [] }]""", """{"Protocols":["http"]}""")]
    [InlineData("""[{ "regexp": { "pattern": "^GE", "count": 8 } }]""", """{"Bytes":[{"Regex":"^GE","Length":8}]}""")]
    [InlineData("""[{ "regexp": { "pattern": "^GE" } }]""", """{"Bytes":[{"Regex":"^GE","Length":4}]}""")]
    [InlineData("""[{ "clock": { "after": "22:00:00", "before": "23:30:00", "timezone": "Europe/Prague" } }]""", """{"Schedule":{"From":"22:00:00","To":"23:30:00","TimeZone":"Europe/Prague"}}""")]
    [InlineData("[{}]", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("""[{ "ssh": {} }, {}]""", null)]
    public void Matchers_are_what_they_are_here(string match, string? expected)
    {
        var imported = Import(Server($$"""{ "match": {{match}}, "handle": [{ "handler": "close" }] }"""));

        Assert.Empty(imported.Errors);
        var route = Assert.Single(imported.Config.Routes!).Value;
        Assert.Equal(expected, route.Match is null ? null : Encoding.UTF8.GetString(ConfigWriter.Write(L4Match.Keys.Shape, route.Match)));
        Assert.Equal((L4RouteAction.Reject, L4RejectWith.Close), (route.Action, route.RejectWith));
        AssertValid(imported);
    }

    [Theory]
    [InlineData(""" "upstreams": [{ "dial": ["127.0.0.1:1"], "weight": 3, "max_connections": 9 }] """, """{"Destinations":{"d1":{"Address":"127.0.0.1:1","Weight":3,"MaxConnections":9}}}""")]
    [InlineData(""" "upstreams": [{ "dial": "a:1" }, { "dial": ["b:1"] }] """, """{"Destinations":{"d1":{"Address":"a:1"},"d2":{"Address":"b:1"}},"LoadBalancingPolicy":"Random"}""")]
    [InlineData(""" "upstreams": [{ "dial": ["a:1"] }, { "dial": ["b:1"] }], "load_balancing": { "selection": { "policy": "ip_hash" }, "try_duration": "5s" } """, """{"Destinations":{"d1":{"Address":"a:1"},"d2":{"Address":"b:1"}},"LoadBalancingPolicy":"Hash","Queue":{"Timeout":"00:00:05"}}""")]
    [InlineData(""" "upstreams": [{ "dial": ["a:1"], "tls": { "insecure_skip_verify": true, "server_name": "x.example.com" } }], "proxy_protocol": "v2" """, """{"Destinations":{"d1":{"Address":"a:1"}},"ProxyProtocol":{"Version":"V2"},"Tls":{"ServerName":"x.example.com","SkipVerify":true}}""")]
    [InlineData(""" "upstreams": [{ "dial": ["a:1"] }], "health_checks": { "active": { "port": 9, "interval": "10s" }, "passive": { "fail_duration": "1m", "max_fails": 2 } } """, """{"Destinations":{"d1":{"Address":"a:1","HealthAddress":"a:9"}},"HealthCheck":{"Active":{"Enabled":true,"Interval":"00:00:10","Timeout":"00:00:05","Rise":1,"Fall":1},"Passive":{"MaxFails":2,"Window":"00:01:00","EjectionTime":"00:01:00","MaxEjectionPercent":100}}}""")]
    public void A_proxy_is_a_cluster(string proxy, string expected)
    {
        var imported = Import(Server($$"""{ "handle": [{ "handler": "proxy", {{proxy}} }] }"""));

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, Encoding.UTF8.GetString(ConfigWriter.Write(L4Cluster.Keys.Shape, Assert.Single(imported.Config.Clusters!).Value)));
        AssertValid(imported);
    }

    [Theory]
    [InlineData(":443", "tcp://*:443")]
    [InlineData("127.0.0.1:443", "tcp://127.0.0.1:443")]
    [InlineData("tcp/[::1]:443", "tcp://[::1]:443")]
    [InlineData("tcp4/:443", "tcp://0.0.0.0:443")]
    [InlineData("localhost:10000-10099", "tcp://localhost:10000-10099")]
    [InlineData("udp/:53", "udp://*:53")]
    [InlineData("unix//run/l4.sock", "unix:/run/l4.sock")]
    [InlineData("mqtt.lan:1883", null)]
    [InlineData("fd/3", null)]
    [InlineData(":", null)]
    [InlineData("", null)]
    public void What_is_listened_on_is_an_endpoint(string listen, string? url)
    {
        var imported = Import($$"""{ "apps": { "layer4": { "servers": { "s": { "listen": ["{{listen}}"] } } } } }""");

        Assert.Equal(url, imported.Config.Endpoints!.Values.SingleOrDefault()?.Url);
        Assert.Equal(url is null ? ["apps.layer4.servers.s.listen"] : [], imported.Errors.Select(error => error.Path));
    }

    [Fact]
    public void Servers_on_one_address_are_one_endpoint_and_the_first_route_that_matches_is_taken()
    {
        const string Route = """{ "match": [{ "tls": { "sni": ["NAME"] } }], "handle": [{ "handler": "close" }] }""";
        var imported = Import($$"""
            { "apps": { "layer4": { "servers": {
              "a": { "listen": [":443"], "routes": [{{Route.Replace("NAME", "*.example.com", StringComparison.Ordinal)}}, {{Route.Replace("NAME", "a.example.com", StringComparison.Ordinal)}}] },
              "b": { "listen": [":443"], "routes": [{{Route.Replace("NAME", "b.example.com", StringComparison.Ordinal)}}] } } } } }
            """);

        Assert.Equal("a", Assert.Single(imported.Config.Endpoints!).Key);
        Assert.Equal([("a-0", 0), ("a-1", 1), ("b-0", 2)], imported.Config.Routes!.Select(route => (route.Key, route.Value.Order!.Value)));
        Assert.All(imported.Config.Routes!.Values, route => Assert.Equal(["a"], route.Endpoints!));
    }

    [Theory]
    [InlineData("""{ "match": [{ "winbox": {} }], "handle": [{ "handler": "close" }] }""", "match[0].winbox", false)]
    [InlineData("""{ "match": [{ "tls": { "sni": ["foo.*.com"] } }], "handle": [{ "handler": "close" }] }""", "match[0].tls.sni", false)]
    [InlineData("""{ "match": [{ "postgres": { "user": {} } }], "handle": [{ "handler": "close" }] }""", "match[0].postgres.user", false)]
    [InlineData("""{ "match": [{ "ssh": null }], "handle": [{ "handler": "close" }] }""", "match[0].ssh", false)]
    [InlineData("""{ "match": [{ "remote_ip": {} }], "handle": [{ "handler": "close" }] }""", "match[0].remote_ip.ranges", false)]
    [InlineData("""{ "match": [{ "not": [{}] }], "handle": [{ "handler": "close" }] }""", "match[0].not", false)]
    [InlineData("""{ "handle": [{ "handler": "echo" }] }""", "handle[0].handler", false)]
    [InlineData("""{ "handle": [{ "handler": "throttle", "read_bytes_per_second": 9 }] }""", "handle", false)]
    [InlineData("""{ "handle": [{ "handler": "proxy", "upstreams": [{ "dial": ["a:1", "b:1"] }] }] }""", "handle[0].upstreams[0].dial", false)]
    [InlineData("""{ "handle": [{ "handler": "proxy", "upstreams": [{ "dial": ["{l4.tls.server_name}:443"] }] }] }""", "handle[0].upstreams[0].dial", false)]
    [InlineData("""{ "handle": [{ "handler": "proxy", "upstreams": [{ "dial": ["udp/a:1"] }] }] }""", "handle[0].upstreams[0].dial", false)]
    [InlineData("""{ "handle": [{ "handler": "proxy", "upstreams": [{ "dial": ["a:1"] }], "proxy_protocol": "v3" }] }""", "handle[0].proxy_protocol", true)]
    [InlineData("""{ "handle": [{ "handler": "close" }], "unheard": 1 }""", "unheard", true)]
    public void What_has_nothing_like_it_is_said_with_its_path(string route, string path, bool isKept)
    {
        var imported = Import(Server(route));

        Assert.Contains($"apps.layer4.servers.s.routes[0].{path}", imported.Errors.Select(error => error.Path));
        Assert.Equal(isKept ? 1 : 0, imported.Config.Routes!.Count);
    }

    /// <summary>Not all of it is listed, and none of it is forgotten.</summary>
    [Fact]
    public void However_much_is_lost_no_route_is_carried_over_with_a_matcher_too_few()
    {
        var imported = Import(Server(string.Join(',', Enumerable.Repeat("""{ "match": [{ "winbox": {} }], "handle": [{ "handler": "close" }] }""", 1500))));

        Assert.Equal(1000, imported.Errors.Count);
        Assert.Empty(imported.Config.Routes!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("7")]
    public void What_is_no_document_is_said(string text) => Assert.Single(Import(text).Errors);

    [Theory]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "apps": null }""")]
    [InlineData("""{ "apps": { "layer4": { "servers": null } } }""")]
    [Trait("Row", "A6")]
    public void A_Caddy_that_was_never_configured_is_an_empty_configuration(string text)
    {
        var imported = Import(text);

        Assert.Empty(imported.Errors);
        Assert.Equal("""{"L4Proxy":{"Endpoints":{},"Routes":{},"Clusters":{}}}""", JsonNode.Parse(imported.ToJson())!.ToJsonString());
    }

    /// <summary>Whatever stands where something else is expected is an error at most.</summary>
    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("-1e300")]
    [InlineData("\"x\"")]
    [InlineData("[]")]
    [InlineData("[null, 7, {}]")]
    [InlineData("{}")]
    [InlineData("true")]
    public void Any_value_may_be_of_any_type(string instead)
    {
        const string Whole =
            """
            { "apps": { "layer4": { "servers": { "s": { "listen": [":1"], "matching_timeout": "3s", "idle_timeout": 30, "routes": [ { "@id": "x",
              "match": [ { "tls": { "sni": ["a"], "sni_regexp": { "pattern": "a" }, "alpn": ["x"], "remote_ip": { "ranges": ["10.0.0.1"] } }, "not": [{ "ssh": {} }], "http": [{ "host": ["a"], "path": ["/a*"] }],
                "regexp": { "pattern": "a", "count": 4 }, "clock": { "after": "10:00:00", "before": "11:00:00" } } ],
              "handle": [ { "handler": "throttle", "read_bytes_per_second": 5 }, { "handler": "proxy", "upstreams": [{ "dial": ["a:1"], "weight": 1, "tls": { "server_name": "a" } }], "proxy_protocol": "v1",
                "load_balancing": { "selection": { "policy": "first" }, "try_duration": "1s" }, "health_checks": { "active": { "port": 1 }, "passive": { "fail_duration": "1s" } } } ] } ] } } } } }
            """;
        var count = Places(JsonNode.Parse(Whole)!).Count();
        for (var i = 0; i < count; i++)
        {
            var document = JsonNode.Parse(Whole)!;
            Places(document).ElementAt(i)(JsonNode.Parse(instead));
            _ = Import(document.ToJsonString()).ToJson();
        }
    }

    private static IEnumerable<Action<JsonNode?>> Places(JsonNode node) => node switch
    {
        JsonObject o => o.ToList().SelectMany(item => (item.Value is null ? [] : Places(item.Value)).Prepend(value => o[item.Key] = value)),
        JsonArray a => a.ToList().SelectMany((item, i) => (item is null ? [] : Places(item)).Prepend(value => a[i] = value)),
        _ => [],
    };

    private static string Server(string route) => $$"""{ "apps": { "layer4": { "servers": { "s": { "listen": ["127.0.0.1:4000"], "routes": [{{route}}] } } } } }""";

    private static L4ImportResult Import(string json) => L4CaddyImport.ParseJson(Encoding.UTF8.GetBytes(json));

    private static void AssertValid(L4ImportResult imported) => Assert.Empty(ErrorsOf(imported));

    /// <summary>What is wrong with what is printed.</summary>
    private static List<L4ConfigError> ErrorsOf(L4ImportResult imported)
    {
        using var document = JsonDocument.Parse(imported.ToJson());
        var read = ConfigReader.Parse(document.RootElement.GetProperty(ConfigReader.SectionName));
        var errors = read.Errors.ToList();
        ConfigValidator.Validate(read.Config, errors, []);
        return errors;
    }
}
