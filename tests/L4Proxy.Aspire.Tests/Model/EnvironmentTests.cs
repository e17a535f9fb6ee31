using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace L4Proxy.Aspire.Tests.Model;

/// <summary>What the verbs write, for each way to run a gateway.</summary>
public sealed class EnvironmentTests
{
    [Fact]
    public async Task A_project_listens_on_this_machine_and_reaches_what_containers_publish_there()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithTcpRoute("mqtt", app.Target("broker"), port: 1883);
        app.Allocate();
        Assert.Equal(
            [
                ("L4Proxy__Clusters__mqtt__Destinations__broker__Address", "localhost:40000"),
                ("L4Proxy__Endpoints__mqtt__Url", "tcp://localhost:1883"),
                ("L4Proxy__Routes__mqtt__ClusterId", "mqtt"),
                ("L4Proxy__Routes__mqtt__Endpoints__0", "mqtt"),
            ],
            Of(await app.EnvironmentOfAsync(edge.Resource)));
    }

    [Fact]
    public async Task An_executable_takes_the_same_verbs()
    {
        var app = ModelApp.Run();
        var edge = app.Builder.AddExecutable("edge", "gateway", ".").WithUdpRoute("dns", app.Target("names", "dns", "udp", ProtocolType.Udp, 53));
        app.Allocate();
        Assert.Equal(
            [
                ("L4Proxy__Clusters__dns__Destinations__names__Address", "localhost:40001"),
                ("L4Proxy__Endpoints__dns__Url", "udp://localhost:40000"),
                ("L4Proxy__Routes__dns__ClusterId", "dns"),
                ("L4Proxy__Routes__dns__Endpoints__0", "dns"),
            ],
            Of(await app.EnvironmentOfAsync(edge.Resource)));
    }

    [Fact]
    public async Task A_container_listens_everywhere_and_reaches_others_by_their_names()
    {
        var app = ModelApp.Run();
        var edge = app.Builder.AddL4Proxy("edge", "gateway", "1.0")
            .WithTcpRoute("mqtt", app.Target("broker"), port: 1883)
            .WithSniRoute("secure", "*.db.example.com", app.Target("postgres"));
        app.Allocate();
        Assert.Equal(
            [
                ("L4Proxy__Clusters__mqtt__Destinations__broker__Address", "broker.dev.internal:5432"),
                ("L4Proxy__Clusters__secure-any-db-example-com__Destinations__postgres__Address", "postgres.dev.internal:5432"),
                ("L4Proxy__Endpoints__mqtt__Url", "tcp://*:1883"),
                ("L4Proxy__Endpoints__secure__Url", "tcp://*:10000"),
                ("L4Proxy__Routes__mqtt__ClusterId", "mqtt"),
                ("L4Proxy__Routes__mqtt__Endpoints__0", "mqtt"),
                ("L4Proxy__Routes__secure-any-db-example-com__ClusterId", "secure-any-db-example-com"),
                ("L4Proxy__Routes__secure-any-db-example-com__Endpoints__0", "secure"),
                ("L4Proxy__Routes__secure-any-db-example-com__Match__Sni__0", "*.db.example.com"),
            ],
            Of(await app.EnvironmentOfAsync(edge.Resource)));
    }

    [Fact]
    public async Task Endpoints_of_the_application_itself_are_shared_with_Kestrel()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithHttpsEndpoint(port: 7443, name: "https").WithHttpEndpoint(port: 7080, name: "http")
            .WithSniRoute("https", "db.example.com", app.Target("postgres"))
            .WithHttpRoute("https", "web.example.com", app.Target("web", "http", "http"));
        app.Allocate();
        var environment = await app.EnvironmentOfAsync(edge.Resource);
        Assert.Equal("https", environment["L4Proxy__Endpoints__https__Kestrel"]);
        Assert.Equal("L7", environment["L4Proxy__Routes__https-web-example-com__Mode"]);
        Assert.Equal("https://localhost:7443", environment["Kestrel__Endpoints__https__Url"]);
        Assert.Equal("http://localhost:7080", environment["Kestrel__Endpoints__http__Url"]);
        Assert.DoesNotContain("ASPNETCORE_URLS", environment.Keys);
        Assert.DoesNotContain("L4Proxy__Endpoints__http__Kestrel", environment.Keys);
    }

    [Fact]
    public async Task An_endpoint_of_HTTP_that_a_route_makes_is_the_gateways_own()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithHttpRoute("web", "*.web.example.com", app.Target("site", "https", "https"), port: 8080);
        app.Allocate();
        var environment = await app.EnvironmentOfAsync(edge.Resource);
        Assert.Equal("tcp://localhost:8080", environment["L4Proxy__Endpoints__web__Url"]);
        Assert.Equal("false", environment["L4Proxy__Clusters__web-any-web-example-com__Tls__SkipVerify"]);
        Assert.DoesNotContain(environment.Keys, name => name.StartsWith("Kestrel__", StringComparison.Ordinal) || name == "ASPNETCORE_URLS");
        Assert.Equal("http://localhost:8080", edge.GetEndpoint("web").Url);
    }

    [Theory]
    [InlineData("http", null)]
    [InlineData("http2", "h2c")]
    public async Task What_a_target_speaks_is_what_its_endpoint_says(string transport, string? protocol)
    {
        var app = ModelApp.Run();
        var target = app.Target("grpc", "http", "http");
        target.EndpointAnnotation.Transport = transport;
        var edge = app.Gateway().WithHttpRoute("web", "grpc.example.com", target);
        app.Allocate();
        Assert.Equal(protocol, (await app.EnvironmentOfAsync(edge.Resource)).GetValueOrDefault("L4Proxy__Clusters__web-grpc-example-com__Http__Protocol"));
    }

    [Fact]
    public async Task A_target_of_https_is_spoken_to_in_plaintext_where_that_is_said()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithHttpRoute("web", "a.example.com", app.Target("site", "https", "https"), options: new() { UpstreamTls = false });
        app.Allocate();
        Assert.Null((await app.ConfigOfAsync(edge.Resource)).Clusters!["web-a-example-com"].Tls);
    }

    [Fact]
    public async Task An_address_of_IPv6_gets_its_brackets()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithTcpRoute("db", app.Target("postgres"), port: 5432);
        app.Allocate("2001:db8::1");
        Assert.Equal("[2001:db8::1]:40000", (await app.EnvironmentOfAsync(edge.Resource))["L4Proxy__Clusters__db__Destinations__postgres__Address"]);
    }

    [Fact]
    public async Task Several_targets_are_destinations_by_their_names()
    {
        var app = ModelApp.Run();
        var first = app.Target("first");
        var two = app.Builder.AddContainer("two", "image").WithEndpoint(targetPort: 1, scheme: "tcp", name: "a").WithEndpoint(targetPort: 2, scheme: "tcp", name: "b");
        var edge = app.Gateway().WithTcpRoute("pool", [first, two.GetEndpoint("a"), two.GetEndpoint("b")], new L4RouteOptions { LoadBalancingPolicy = "LeastConnections", Port = 7000 });
        app.Allocate();
        var cluster = (await app.ConfigOfAsync(edge.Resource)).Clusters!["pool"];
        Assert.Equal(["first", "two-a", "two-b"], cluster.Destinations!.Keys.Order());
        Assert.Equal("LeastConnections", cluster.LoadBalancingPolicy);
        Assert.Equal("tcp://localhost:7000", edge.GetEndpoint("pool").Url);
    }

    [Fact]
    public async Task The_api_is_on_loopback_without_a_token_and_elsewhere_with_one()
    {
        var app = ModelApp.Run();
        var project = app.Gateway().WithL4AdminApi(port: 2019);
        var container = app.Builder.AddL4Proxy("box", "gateway").WithL4AdminApi();
        app.Allocate();
        var environment = await app.EnvironmentOfAsync(project.Resource);
        Assert.Equal(("http://127.0.0.1:2019", null), (environment["Gateway__Admin"], environment.GetValueOrDefault("Gateway__AdminToken")));
        environment = await app.EnvironmentOfAsync(container.Resource);
        Assert.Equal("http://0.0.0.0:10000", environment["Gateway__Admin"]);
        Assert.Matches("^[A-Za-z0-9]{20,}$", environment["Gateway__AdminToken"]);
        Assert.True(project.GetEndpoint("l4proxy-admin").EndpointAnnotation.ExcludeReferenceEndpoint);
    }

    [Fact]
    public async Task Who_refers_to_the_gateway_is_told_of_its_routes_and_not_of_its_api()
    {
        var app = ModelApp.Run();
        var edge = app.Builder.AddL4Proxy("edge", "gateway").WithTcpRoute("mqtt", app.Target("broker"), port: 1883).WithL4AdminApi();
        var one = app.Builder.AddExecutable("one", "x", ".").WithReference(edge.GetEndpoint("mqtt"));
        var all = app.Builder.AddExecutable("all", "x", ".").WithReference(edge);
        app.Allocate();
        Assert.Equal("tcp://localhost:1883", (await AllOfAsync(app, one.Resource))["services__edge__mqtt__0"]);
        var environment = await AllOfAsync(app, all.Resource);
        Assert.Equal("tcp://localhost:1883", environment["services__edge__mqtt__0"]);
        Assert.DoesNotContain(environment.Keys, name => name.Contains("admin", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_dashboard_shows_what_it_leads_to_and_asks_for_its_health()
    {
        var app = ModelApp.Run();
        var edge = app.Gateway().WithTcpRoute("mqtt", app.Target("broker")).WithUdpRoute("dns", app.Target("names", "dns", "udp", ProtocolType.Udp)).WithL4AdminApi();
        Assert.Equal(["broker", "names"], edge.Resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(relation => relation.Resource.Name));
        Assert.Equal("edge_l4proxy", Assert.Single(edge.Resource.Annotations.OfType<HealthCheckAnnotation>()).Key);
        Assert.Equal(["l4proxy-drain", "l4proxy-undrain", "l4proxy-reload"], edge.Resource.Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name).Where(name => name.StartsWith("l4proxy", StringComparison.Ordinal)));
    }

    private static IEnumerable<(string, string)> Of(SortedDictionary<string, string> environment) => environment.Select(variable => (variable.Key, variable.Value));

    private static Task<SortedDictionary<string, string>> AllOfAsync(ModelApp app, IResource resource) => app.EnvironmentOfAsync(resource, isAll: true);
}
