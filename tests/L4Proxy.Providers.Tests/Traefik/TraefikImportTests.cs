using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace L4Proxy.Providers.Tests.Traefik;

public sealed class TraefikImportTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    /// <summary>What the agent of a hosting platform writes.</summary>
    internal static readonly (string Name, string Text)[] Platform =
    [
        ("routes.yaml",
            $$"""
            http:
              routers: { http-{{Id}}: { rule: "Host(`app.example.com`)", entryPoints: [websecure], service: http-{{Id}}, tls: {}, middlewares: [forwarded_server@file] } }
              services: { http-{{Id}}: { loadBalancer: { servers: [ { url: "http://192.0.2.4:3000", weight: 5 }, { url: "http://192.0.2.8:3000", weight: 1 } ] } } }
              middlewares: { forwarded_server: { headers: { customRequestHeaders: { X-Forwarded-Server: p1 }, customResponseHeaders: { X-Techulus-Host: p1 } } } }
            tcp:
              routers: { tcp-{{Id}}: { rule: "HostSNI(`*`)", entryPoints: [tcp-10001], service: tcp-{{Id}}, tls: { passthrough: true } } }
              services: { tcp-{{Id}}: { loadBalancer: { servers: [ { address: "192.0.2.5:5432" } ] } } }
            udp:
              routers: { udp-{{Id}}: { entryPoints: [udp-11000], service: udp-{{Id}} } }
              services: { udp-{{Id}}: { loadBalancer: { servers: [ { address: "192.0.2.6:53" } ] } } }
            """),
        ("tls.yaml", "tls: { certificates: [ { certFile: /etc/traefik/certs/app.example.com.crt, keyFile: /etc/traefik/certs/app.example.com.key } ] }"),
        ("challenges.yaml",
            """
            http:
              routers:
                acme_challenge: { rule: "PathPrefix(`/.well-known/acme-challenge/`)", priority: 9999, entryPoints: [web], service: acme_challenge, middlewares: [acme_rewrite, acme_host] }
                http_to_https: { rule: "HostRegexp(`.*`)", priority: 1, entryPoints: [web], service: noop@internal, middlewares: [redirect] }
              services: { acme_challenge: { loadBalancer: { servers: [ { url: "https://control.example.com" } ] } } }
              middlewares:
                acme_rewrite: { replacePathRegex: { regex: "^/.well-known/acme-challenge/(.*)$", replacement: "/api/acme/$1" } }
                acme_host: { headers: { customRequestHeaders: { Host: control.example.com } } }
                redirect: { redirectScheme: { scheme: https, permanent: true } }
            """),
        ("crowdsec.yaml", "http: { middlewares: { crowdsec: { plugin: { bouncer: { enabled: true, crowdsecLapiKey: secret } } } } }"),
        ("routes.yaml.tmp", "{ half written"),
    ];

    [Fact]
    public void What_a_platform_writes_is_carried_over_with_warnings_alone()
    {
        var imported = Files.Import(Platform);

        Assert.Empty(imported.Errors);
        Assert.Equal(
            """
            {"L4Proxy":{"Endpoints":{"tcp-10001":{"Url":"tcp://*:10001"},"udp-11000":{"Url":"udp://*:11000"},"web":{"Url":"tcp://*:80"},"websecure":{"Url":"tcp://*:443","Certificates":[{"Path":"/etc/traefik/certs/app.example.com.crt","KeyPath":"/etc/traefik/certs/app.example.com.key"}]}},"Routes":{"tcp-ID":{"Endpoints":["tcp-10001"],"Match":{"TlsVersions":["1.0","1.1","1.2","1.3"]},"ClusterId":"tcp-ID","Order":1},"udp-ID":{"Endpoints":["udp-11000"],"ClusterId":"udp-ID"},"http-ID":{"Endpoints":["websecure"],"Match":{"Sni":["app.example.com"]},"ClusterId":"http-ID","Order":-1000000023,"Mode":"L7","Tls":"Terminate","Metadata":{"L4Proxy.Request.Set.X-Forwarded-Server":"p1","L4Proxy.Response.Set.X-Techulus-Host":"p1"}},"http_to_https":{"Endpoints":["web"],"Match":{"Sni":["*",""]},"Order":999999999,"Mode":"L7","Http":{"Redirect":{"Url":"https://{host}{uri}","Status":301}}}},"Clusters":{"tcp-ID":{"Destinations":{"192.0.2.5-5432":{"Address":"192.0.2.5:5432"}}},"udp-ID":{"Destinations":{"192.0.2.6-53":{"Address":"192.0.2.6:53"}}},"http-ID":{"Destinations":{"192.0.2.4-3000":{"Address":"192.0.2.4:3000","Weight":5},"192.0.2.8-3000":{"Address":"192.0.2.8:3000","Weight":1}},"LoadBalancingPolicy":"RoundRobin"}}}}
            """.Replace("ID", Id, StringComparison.Ordinal),
            JsonNode.Parse(imported.ToJson())!.ToJsonString(new(JsonSerializerOptions.Default) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.Equal(
            """
            challenges.yaml:3 http.routers.acme_challenge.middlewares: Nothing in L4Proxy is like 'acme_host' (headers), and so the router is not carried over.
            crowdsec.yaml:1 http.middlewares.crowdsec: No router of these files has it, and so it is left out.
            """.Split('\n').Order(StringComparer.Ordinal),
            imported.Warnings.Select(warning => warning.ToString()).Order(StringComparer.Ordinal));
        Files.AssertValid(imported);
    }

    [Theory]
    [InlineData("protocol=postgres sni=db.example.com", true)]
    [InlineData("protocol=postgres sni=", true)]
    [InlineData("sni=db.example.com", true)]
    [InlineData("sni=", true)]
    [InlineData("postgres.user=joe", false)]
    [InlineData("host=db.example.com", false)]
    public async Task TLS_is_found_where_a_client_of_PostgreSQL_asks_for_it_first(string client, bool isFound)
    {
        var platform = Files.Import([.. Platform.Select(file => (file.Name, file.Text.Replace("http:", "x:", StringComparison.Ordinal)))]);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IL4ConfigProvider>(new L4InMemoryConfigProvider(platform.Config));
        services.AddProxyServer();
        services.TryAddSingleton(TimeProvider.System);
        await using var provider = services.BuildServiceProvider();
        Assert.True(L4ImaginedConnection.TryParse($"tcp 10001 {client}", readFile: null, out var connection, out var error), error);

        Assert.Equal(isFound ? $"tcp-{Id}" : null, provider.GetRequiredService<IL4RouteExplainer>().Explain(connection).RouteId);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("---")]
    [InlineData("# nothing yet")]
    [InlineData("null")]
    [InlineData("tcp:\nudp:\nhttp:\ntls:")]
    [InlineData("tcp: {}\nhttp: { routers: {}, services: null }")]
    public void A_file_without_anything_is_an_empty_configuration(string text)
    {
        var imported = Files.Import(text);

        Assert.Empty(imported.Errors);
        Assert.Empty(imported.Warnings);
        Assert.Equal("""{"L4Proxy":{"Endpoints":{},"Routes":{},"Clusters":{}}}""", JsonNode.Parse(imported.ToJson())!.ToJsonString());
    }

    [Theory]
    [InlineData("web", null, "tcp://*:80")]
    [InlineData("websecure", null, "tcp://*:443")]
    [InlineData("tcp-10001", null, "tcp://*:10001")]
    [InlineData("web", "8080", "tcp://*:8080")]
    [InlineData("web", ":8080", "tcp://*:8080")]
    [InlineData("web", ":8080/tcp", "tcp://*:8080")]
    [InlineData("db", "127.0.0.1:5432", "tcp://127.0.0.1:5432")]
    [InlineData("db", "[::1]:5432", "tcp://[::1]:5432")]
    [InlineData("tcp", "10000-10099", "tcp://*:10000-10099")]
    public void An_entry_point_is_an_endpoint(string name, string? address, string url)
    {
        var imported = Tcp($"r: {{ rule: 'HostSNI(`*`)', entryPoints: [{name}], service: s }}", address is null ? [] : [(name, address)]);

        Assert.Empty(imported.Errors);
        Assert.Equal((name, url), (imported.Config.Endpoints!.Single().Key, imported.Config.Endpoints!.Single().Value.Url));
        Files.AssertValid(imported);
    }

    [Fact]
    public void An_entry_point_in_a_range_is_a_port_of_it()
    {
        var imported = Tcp("r: { rule: 'HostSNI(`*`)', entryPoints: [tcp-10007, tcp-9], service: s }", ("tcp", "10000-10099"), ("udp", "10000-10099"));

        Assert.Empty(imported.Errors);
        Assert.Equal(["tcp://*:10000-10099", "tcp://*:9"], imported.Config.Endpoints!.Values.Select(endpoint => endpoint.Url));
        Assert.Equal("r", Files.Winner(imported, "tcp", "", port: 10007));
        Assert.Equal("None", Files.Winner(imported, "tcp", "", port: 10008));
        Assert.Equal("r-2", Files.Winner(imported, "tcp-9", "", port: 9));
        Files.AssertValid(imported);
    }

    [Fact]
    public void A_router_without_entry_points_is_on_all_that_are_known()
    {
        var imported = Files.Import(
            """
            tcp:
              routers: { a: { rule: "HostSNI(`a.x`)", service: s, tls: { passthrough: true } }, b: { rule: "HostSNI(`*`)", service: s, entryPoints: [tcp-7] } }
              services: { s: { loadBalancer: { servers: [ { address: "10.0.0.1:1" } ] } } }
            udp:
              routers: { u: { service: s }, v: { service: s, entryPoints: [udp-9] } }
              services: { s: { loadBalancer: { servers: [ { address: "10.0.0.1:1" } ] } } }
            """,
            ("web", "80"), ("dns", "53/udp"));

        Assert.Empty(imported.Errors);
        Assert.Equal(["tcp-7", "web"], imported.Config.Routes!["a"].Endpoints!);
        Assert.Equal(["dns"], imported.Config.Routes!["u"].Endpoints!);
        Assert.Contains("It names none, and so it is on all that are known: 'tcp-7', 'web'.", imported.Warnings.Select(warning => warning.Message));
        // Of two on one entry point the last by name has it.
        Assert.Equal(["udp-9"], imported.Config.Routes!["v"].Endpoints!);
        Assert.Contains("All of 'udp-9' is the router's 'v', as it is with Traefik.", imported.Warnings.Select(warning => warning.Message));
        Files.AssertValid(imported);
    }

    [Theory]
    [InlineData("loadBalancer: { servers: [ { address: 'a:1' } ] }", """{"Destinations":{"a-1":{"Address":"a:1"}}}""")]
    [InlineData("loadBalancer: { servers: [ { address: 'b:1' }, { address: '[::1]:2' } ] }", """{"Destinations":{"x---1--2":{"Address":"[::1]:2"},"b-1":{"Address":"b:1"}},"LoadBalancingPolicy":"RoundRobin"}""")]
    [InlineData("loadBalancer: { servers: [ { address: 'a:1' } ], proxyProtocol: {}, terminationDelay: 200 }", """{"Destinations":{"a-1":{"Address":"a:1"}},"Timeouts":{"HalfClosed":"00:00:00.2"},"ProxyProtocol":{"Version":"V2"}}""")]
    [InlineData("loadBalancer: { servers: [ { address: 'a:1' } ], proxyProtocol: { version: '1' }, terminationDelay: -1 }", """{"Destinations":{"a-1":{"Address":"a:1"}},"Timeouts":{"HalfClosed":"00:00:00"},"ProxyProtocol":{"Version":"V1"}}""")]
    [InlineData("loadBalancer: { servers: [ { address: 'a:1' } ], healthCheck: { port: 9, send: 'PING\\r', expect: PONG, interval: 5s } }",
        """{"Destinations":{"a-1":{"Address":"a:1","HealthAddress":"a:9"}},"HealthCheck":{"Active":{"Enabled":true,"Interval":"00:00:05","Timeout":"00:00:05","Rise":1,"Fall":1,"Send":"PING\\\\r","Expect":"PONG"}}}""")]
    [InlineData("loadBalancer: { servers: [ { address: 'a:1', tls: true } ], serversTransport: t }",
        """{"Destinations":{"a-1":{"Address":"a:1"}},"Timeouts":{"Connect":"00:00:03","HalfClosed":"00:00:00.1"},"ProxyProtocol":{"Version":"V1"},"Tls":{"ServerName":"x.example.com","Ca":"ca.pem","ClientCertificate":{"Path":"c.pem","KeyPath":"c.key"},"SkipVerify":true},"Socket":{"KeepAlive":"00:00:00"}}""")]
    [InlineData("loadBalancer: { servers: [ { address: 'a:1' } ], serversTransport: bare@file }", """{"Destinations":{"a-1":{"Address":"a:1"}},"Timeouts":{"Connect":"00:10:00"}}""")]
    [InlineData("weighted: { services: [ { name: one, weight: 3 }, { name: two@file } ] }",
        """{"Destinations":{"c-1":{"Address":"c:1","Weight":2},"d-1":{"Address":"d:1","Weight":3},"e-1":{"Address":"e:1","Weight":3}},"LoadBalancingPolicy":"RoundRobin"}""")]
    [InlineData("weighted: { healthCheck: {}, services: [ { name: nested, weight: 1 }, { name: one, weight: 1 }, { name: none, weight: 0 } ] }",
        """{"Destinations":{"c-1":{"Address":"c:1","Weight":2},"d-1":{"Address":"d:1","Weight":7},"e-1":{"Address":"e:1","Weight":7}},"LoadBalancingPolicy":"RoundRobin"}""")]
    [InlineData("weighted: { services: [ { name: two, weight: 3 } ] }", """{"Destinations":{"c-1":{"Address":"c:1"}}}""")]
    public void A_service_is_a_cluster(string service, string expected)
    {
        var imported = Files.Import(
            $$"""
            tcp:
              routers: { r: { rule: 'HostSNI(`*`)', entryPoints: [web], service: s } }
              services:
                s: { {{service}} }
                one: { loadBalancer: { servers: [ { address: 'd:1' }, { address: 'e:1' } ] } }
                two: { loadBalancer: { servers: [ { address: 'c:1' } ] } }
                nested: { weighted: { services: [ { name: two, weight: 1 }, { name: one, weight: 3 } ] } }
              serversTransports:
                t: { dialTimeout: 3, dialKeepAlive: -1s, terminationDelay: 100ms, proxyProtocol: { version: 1 }, tls: { serverName: x.example.com, insecureSkipVerify: true, rootCAs: [ca.pem], certificates: [ { certFile: c.pem, keyFile: c.key } ] } }
                bare: { dialTimeout: 0 }
            """);

        Assert.Empty(imported.Errors);
        Assert.Equal(expected, Encoding.UTF8.GetString(ConfigWriter.Write(L4Cluster.Keys.Shape, Assert.Single(imported.Config.Clusters!).Value)));
        Files.AssertValid(imported);
    }

    [Theory]
    [InlineData("servers: [ { url: 'http://a:1' } ]", """{"Destinations":{"a-1":{"Address":"a:1"}}}""")]
    [InlineData("servers: [ { url: 'http://a/x' } ], passHostHeader: true", """{"Destinations":{"a-80":{"Address":"a:80"}}}""")]
    [InlineData("servers: [ { url: 'https://a' } ], serversTransport: t", """{"Destinations":{"a-443":{"Address":"a:443"}},"Timeouts":{"Connect":"00:00:02"},"Tls":{"SkipVerify":true}}""")]
    [InlineData("servers: [ { url: 'https://[::1]' } ]", """{"Destinations":{"x---1--443":{"Address":"[::1]:443"}},"Tls":{}}""")]
    [InlineData("servers: [ { url: 'h2c://a:5000' } ]", """{"Destinations":{"a-5000":{"Address":"a:5000"}},"Http":{"Protocol":"h2c"}}""")]
    [InlineData("servers: [ { url: 'http://a:1', weight: 4 }, { url: 'http://b:1', weight: 2 } ], strategy: wrr", """{"Destinations":{"a-1":{"Address":"a:1","Weight":2},"b-1":{"Address":"b:1","Weight":1}},"LoadBalancingPolicy":"RoundRobin"}""")]
    [InlineData("servers: [ { url: 'http://a:1' }, { url: 'http://b:1', weight: 0 } ], healthCheck: { path: /ok, port: 8 }",
        """{"Destinations":{"a-1":{"Address":"a:1","HealthAddress":"a:8"}},"HealthCheck":{"Active":{"Enabled":true,"Type":"Http","Interval":"00:00:30","Timeout":"00:00:05","Rise":1,"Fall":1,"Send":"/ok"}}}""")]
    public void A_service_of_HTTP_is_a_cluster(string balancer, string expected)
    {
        var imported = Http("r: { rule: 'Host(`a.x`)', entryPoints: [web], service: s }", balancer);

        Assert.Empty(imported.Warnings);
        Assert.Equal(expected, Encoding.UTF8.GetString(ConfigWriter.Write(L4Cluster.Keys.Shape, Assert.Single(imported.Config.Clusters!).Value)));
        Files.AssertValid(imported);
    }

    [Theory]
    [InlineData("Host(`a.x`)", """{"Sni":["a.x"]}""")]
    [InlineData("Host(`A.x`, `b.x`)", """{"Sni":["a.x","b.x"]}""")]
    [InlineData("Host(`a.x`) && PathPrefix(`/api`)", """{"Sni":["a.x"],"Path":["/api"]}""")]
    [InlineData("(Host(`a.x`) || Host(`b.x`)) && (PathPrefix(`/q`) || PathPrefix(`/p`))", """{"Sni":["a.x","b.x"],"Path":["/p","/q"]}""")]
    [InlineData("Host(`a.x`) && PathPrefix(`/`)", """{"Sni":["a.x"]}""")]
    [InlineData("Host(`a.x`) && PathPrefix(`/a`) && PathPrefix(`/a/b`)", """{"Sni":["a.x"],"Path":["/a/b"]}""")]
    [InlineData("HostRegexp(`^.+\\.example\\.com$`)", """{"Sni":["*.example.com"]}""")]
    [InlineData("HostRegexp(`{sub:.+}.example.com`)", """{"Sni":["*.example.com"]}""")]
    [InlineData("HostRegexp(`^a\\.x$`)", """{"Sni":["a.x"]}""")]
    [InlineData("Host(`*.x.y`)", """{"Sni":["{_1}.x.y"]}""")]
    [InlineData("Host(`*`)", """{"Sni":["*",""]}""")]
    [InlineData("HostRegexp(`.*`)", """{"Sni":["*",""]}""")]
    [InlineData("HostRegexp(`{any:.+}`)", """{"Sni":["*",""]}""")]
    [InlineData("PathPrefix(`/p`)", """{"Sni":["*",""],"Path":["/p"]}""")]
    [InlineData("Host(`a.x`) || Path(`/p`)", null)]
    [InlineData("HostRegexp(`^[^.]+\\.example\\.com$`)", null)]
    [InlineData("HostRegexp(`^a.x$`)", null)]
    [InlineData("Host(`a.x`) && Method(`GET`)", null)]
    [InlineData("Host(`a.x`) && !PathPrefix(`/p`)", null)]
    [InlineData("Host(`a.x`) && Host(`b.x`)", null)]
    [InlineData("Host(", null)]
    public void A_rule_of_HTTP_is_hosts_and_beginnings_of_paths_or_is_left_out(string rule, string? expected)
    {
        var imported = Http($"r: {{ rule: '{rule}', entryPoints: [web], service: s }}", "servers: [ { url: 'http://a:1' } ]");

        Assert.Empty(imported.Errors);
        Assert.Equal(expected is null ? ["routes.yaml:2 http.routers.r.rule"] : [], imported.Warnings.Select(warning => warning.Path));
        Assert.Equal(expected, imported.Config.Routes!.Count == 0 ? null : Encoding.UTF8.GetString(ConfigWriter.Write(L4Match.Keys.Shape, imported.Config.Routes!["r"].Match!)));
        Files.AssertValid(imported);
    }

    [Fact]
    public void Of_two_routers_that_ask_for_the_same_host_the_first_has_what_both_ask_for()
    {
        var imported = Http(
            """
            low: { rule: 'Host(`a.x`) || Host(`b.x`)', priority: 5, entryPoints: [web, tcp-8080], service: s }
                high: { rule: 'Host(`a.x`)', priority: 9, entryPoints: [web], service: s }
                part: { rule: 'Host(`a.x`) && PathPrefix(`/p`)', priority: 10, entryPoints: [web], service: s }
            """,
            "servers: [ { url: 'http://a:1' } ]");

        Assert.Equal(["part web a.x /p 999999990", "high web a.x  999999991", "low web b.x  999999995", "low-2 tcp-8080 a.x,b.x  999999995"], imported.Config.Routes!.Select(route =>
            $"{route.Key} {string.Join(',', route.Value.Endpoints!)} {string.Join(',', route.Value.Match!.Sni!)} {string.Join(',', route.Value.Match.Path ?? [])} {route.Value.Order}"));
        Assert.Equal("Requests for 'a.x' are all the router's 'high'.", Assert.Single(imported.Warnings).Message);
        Files.AssertValid(imported);
    }

    [Theory]
    [InlineData("{ inFlightConn: { amount: 3 } }", """{"Limits":{"MaxConnectionsPerClient":3}}""")]
    [InlineData("{ inFlightConn: {} }", """{"Action":"Reject","RejectWith":"Close"}""")]
    [InlineData("{ ipAllowList: { sourceRange: ['10.0.0.1/8', '192.0.2.7'] } }", """{"Firewall":{"Allow":["10.0.0.0/8","192.0.2.7"]}}""")]
    [InlineData("{ ipWhiteList: { sourceRange: ['2001:db8::1/64'] } }", """{"Firewall":{"Allow":["2001:db8::/64"]}}""")]
    public void A_middleware_of_TCP_says_who_may_connect(string middleware, string expected)
    {
        var imported = Tcp($"r: {{ rule: 'HostSNI(`*`)', entryPoints: [web], service: s, middlewares: [m@file] }}\n  middlewares: {{ m: {middleware} }}");

        Assert.Empty(imported.Errors);
        var route = imported.Config.Routes!["r"] with { Endpoints = null, ClusterId = null, Order = null };
        Assert.Equal(expected, Encoding.UTF8.GetString(ConfigWriter.Write(L4Route.Keys.Shape, route)));
        Files.AssertValid(imported);
    }

    [Theory]
    [InlineData("tcp: { routers: { r: { rule: 'HostSNI(`*`)', entryPoints: [web], service: s } }, services: { s: { loadBalancer: { servers: [] } } } }")]
    [InlineData("tcp: { routers: { r: { rule: 'HostSNI(`*`)', entryPoints: [web], service: s, tls: {} } }, services: { s: { weighted: { services: [] } } } }")]
    [InlineData("udp: { routers: { r: { entryPoints: [udp-7], service: s } }, services: { s: { loadBalancer: {} } } }")]
    public void A_service_without_servers_ends_each_connection(string text)
    {
        var imported = Files.Import(text);

        Assert.Empty(imported.Errors);
        Assert.Equal((L4RouteAction.Reject, L4RejectWith.Close), (imported.Config.Routes!["r"].Action, imported.Config.Routes!["r"].RejectWith));
        Files.AssertValid(imported);
    }

    [Fact]
    public void Where_TLS_ends_endpoints_have_all_certificates_and_the_default_one_first()
    {
        var imported = Files.Import(
        [
            ("a.yaml", "tcp: { routers: { r: { rule: 'HostSNI(`*`)', entryPoints: [web, tcp-7], service: s, tls: {} }, p: { rule: 'HostSNI(`*`)', entryPoints: [tcp-8], service: s } }, services: { s: { loadBalancer: { servers: [ { address: 'a:1' } ] } } } }"),
            ("b.yml", "tls: { certificates: [ { certFile: b.pem, keyFile: b.key } ] }"),
            ("c.json", """{ "tls": { "certificates": [ { "certFile": "b.pem", "keyFile": "b.key" } ], "stores": { "default": { "defaultCertificate": { "certFile": "d.pem", "keyFile": "d.key" } } } } }"""),
        ]);

        Assert.Empty(imported.Errors);
        Assert.All(["web", "tcp-7"], endpoint => Assert.Equal(["d.pem", "b.pem"], imported.Config.Endpoints![endpoint].Certificates!.Select(certificate => certificate.Path)));
        Assert.Null(imported.Config.Endpoints!["tcp-8"].Certificates);
        Assert.Equal(L4RouteTls.Terminate, imported.Config.Routes!["r"].Tls);
        Files.AssertValid(imported);
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("{ minVersion: VersionTLS12 }", null)]
    [InlineData("{ minVersion: VersionTLS13 }", "minVersion")]
    [InlineData("{ cipherSuites: [ x ] }", "cipherSuites")]
    public void Options_of_TLS_are_said_where_they_hold(string options, string? lost)
    {
        var imported = Files.Import(
            $$"""
            tcp: { routers: { r: { rule: 'HostSNI(`*`)', entryPoints: [web], service: s, tls: { options: o } } }, services: { s: { loadBalancer: { servers: [ { address: 'a:1' } ] } } } }
            tls: { options: { o: {{options}}, unused: { sniStrict: true } }, certificates: [ { certFile: a.pem, keyFile: a.key } ] }
            """);

        Assert.Equal(lost is null ? [] : [$"routes.yaml:2 tls.options.o.{lost}"], imported.Errors.Select(error => error.Path));
        Assert.Single(imported.Config.Routes!);
    }

    /// <summary>Nothing here is looked for by walking along all of them.</summary>
    [Fact]
    public void Ten_thousand_routers_are_carried_over()
    {
        var text = new StringBuilder("tcp:\n  routers:\n");
        for (var i = 0; i < 10_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"    r{i}: {{ rule: 'HostSNI(`h{i}.example.com`)', entryPoints: [websecure], service: s{i}, tls: {{ passthrough: true }} }}\n");
        text.Append("  services:\n");
        for (var i = 0; i < 10_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"    s{i}: {{ loadBalancer: {{ servers: [ {{ address: '10.0.0.1:{i + 1}' }} ] }} }}\n");

        var imported = Files.Import(text.ToString());

        Assert.Empty(imported.Errors);
        Assert.Equal((10_000, 10_000), (imported.Config.Routes!.Count, imported.Config.Clusters!.Count));
        Assert.Equal("r77", Files.Winner(imported, "websecure", "sni=h77.example.com"));
    }

    [Fact]
    public void The_order_of_files_and_of_what_is_in_them_makes_no_difference()
    {
        const string One = "tcp: { routers: { a: { rule: 'HostSNI(`*`)', entryPoints: [tcp-1], service: s } } }";
        const string Two = "tcp: { services: { s: { loadBalancer: { servers: [ { address: 'b:1' }, { address: 'a:1' } ] } } }, routers: { b: { rule: 'HostSNI(`*`)', entryPoints: [tcp-2], service: s } } }";
        const string Same = "tcp: { routers: { b: { rule: 'HostSNI(`*`)', entryPoints: [tcp-2], service: s } }, services: { s: { loadBalancer: { servers: [ { address: 'a:1' }, { address: 'b:1' } ] } } } }";

        Assert.Equal(Files.Import([("1.yaml", One), ("2.yaml", Two)]).ToJson(), Files.Import([("2.yaml", One), ("1.yaml", Same)]).ToJson());
    }

    [Fact]
    public void Anchors_and_merged_maps_are_what_they_stand_for_and_keys_may_be_in_any_case()
    {
        var imported = Tcp(
            """
            r: &r { <<: &base { ENTRYPOINTS: [web], service: s }, rule: "ClientIP(`10.0.0.1`)" }
                t: { <<: [ { rule: 'HostSNI(`*`)' }, *base, *r ] }
            """);

        Assert.Empty(imported.Errors);
        Assert.Equal(["r", "t"], imported.Config.Routes!.Keys);
        Assert.Equal(["10.0.0.1"], imported.Config.Routes!["r"].Match!.ClientAddresses!);
        Assert.Null(imported.Config.Routes!["t"].Match);
    }

    private static L4ImportResult Tcp(string routers, params (string Name, string Address)[] entryPoints) =>
        Files.Import($"tcp:\n  services: {{ s: {{ loadBalancer: {{ servers: [ {{ address: 'a:1' }} ] }} }} }}\n  routers:\n    {routers}", entryPoints);

    private static L4ImportResult Http(string routers, string balancer) =>
        Files.Import($"http:\n  routers: {(routers.Contains('\n', StringComparison.Ordinal) ? $"\n    {routers}" : $"{{ {routers} }}")}\n  services: {{ s: {{ loadBalancer: {{ {balancer} }} }} }}\n  serversTransports: {{ t: {{ insecureSkipVerify: true, forwardingTimeouts: {{ dialTimeout: 2s }} }} }}");
}
