using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace L4Proxy.Aspire.Tests.Model;

/// <summary>What cannot be is refused where it is said, by the names of the resource and the route.</summary>
public sealed class VerbTests
{
    private readonly ModelApp _app = ModelApp.Run();

    public static TheoryData<string> Verbs => ["tcp", "udp", "sni", "http"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public void Nothing_may_be_null_or_empty(string verb)
    {
        var edge = _app.Gateway();
        var target = verb == "udp" ? _app.Target("t", "dns", "udp", ProtocolType.Udp) : _app.Target("t");
        Assert.Equal("builder", Assert.Throws<ArgumentNullException>(() => Say(verb, null!, "e", target)).ParamName);
        Assert.Equal("name", Assert.Throws<ArgumentNullException>(() => Say(verb, edge, null!, target)).ParamName);
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => Say(verb, edge, "", target)).ParamName);
        Assert.Equal("target", Assert.Throws<ArgumentNullException>(() => Say(verb, edge, "e", (EndpointReference)null!)).ParamName);
        Assert.Equal("targets", Assert.Throws<ArgumentNullException>(() => Say(verb, edge, "e", (IEnumerable<EndpointReference>)null!)).ParamName);
        Assert.Equal("targets", Assert.Throws<ArgumentException>(() => Say(verb, edge, "e", [])).ParamName);
        Assert.Equal("targets", Assert.Throws<ArgumentException>(() => Say(verb, edge, "e", [null!])).ParamName);
        Assert.Equal("options", Assert.Throws<ArgumentNullException>(() => Say(verb, edge, "e", [target], options: null!)).ParamName);
        Assert.Equal("port", Assert.Throws<ArgumentOutOfRangeException>(() => Say(verb, edge, "e", target, port: 0)).ParamName);
        Assert.Equal("port", Assert.Throws<ArgumentOutOfRangeException>(() => Say(verb, edge, "e", target, port: 65536)).ParamName);
        if (verb is "sni" or "http")
        {
            Assert.Equal("host", Assert.Throws<ArgumentNullException>(() => Say(verb, edge, "e", target, host: null!)).ParamName);
            Assert.Equal("host", Assert.Throws<ArgumentException>(() => Say(verb, edge, "e", [target], host: "")).ParamName);
        }
        Say(verb, edge, "e", target);
    }

    [Fact]
    public void Of_the_other_verbs_nothing_may_be_null_or_empty()
    {
        Assert.Equal("builder", Assert.Throws<ArgumentNullException>(() => L4ProxyResourceBuilderExtensions.AddL4Proxy(null!, "edge", "image")).ParamName);
        Assert.Equal("name", Assert.Throws<ArgumentNullException>(() => _app.Builder.AddL4Proxy(null!, "image")).ParamName);
        Assert.Equal("name", Assert.Throws<ArgumentException>(() => L4ProxyResourceBuilderExtensions.AddL4Proxy(_app.Builder, new string([]), "image")).ParamName);
        Assert.Equal("image", Assert.Throws<ArgumentNullException>(() => _app.Builder.AddL4Proxy("edge", null!)).ParamName);
        Assert.Equal("image", Assert.Throws<ArgumentException>(() => _app.Builder.AddL4Proxy("edge", "")).ParamName);
        Assert.Equal("builder", Assert.Throws<ArgumentNullException>(() => L4ProxyAdminApiExtensions.WithL4AdminApi<ProjectResource>(null!)).ParamName);
        Assert.Equal("port", Assert.Throws<ArgumentOutOfRangeException>(() => _app.Gateway().WithL4AdminApi(port: -1)).ParamName);
        Assert.Throws<ArgumentNullException>(() => new L4ProxyResource(null!));
    }

    [Fact]
    public void A_name_is_had_once()
    {
        var edge = _app.Gateway().WithTcpRoute("mqtt", _app.Target("a"));
        Refused("Route 'mqtt' of resource 'edge': the resource has a route of this name already. Say another in L4RouteOptions.Name.", () => edge.WithTcpRoute("mqtt", _app.Target("b")));
        edge.WithTcpRoute("mqtt", _app.Target("c"), options: new() { Name = "second", Order = 1 });
        edge.WithSniRoute("tls", "*.example.com", _app.Target("d"));
        Refused("Route 'tls-any-example-com' of resource 'edge': the resource has a route", () => edge.WithHttpRoute("tls", "*.example.com", _app.Target("e")));
        Refused("Route 'a b' of resource 'edge': a name is", () => edge.WithTcpRoute("x", _app.Target("f"), options: new() { Name = "a b" }));
    }

    [Fact]
    public void A_port_is_had_once_for_each_protocol()
    {
        var edge = _app.Gateway().WithTcpRoute("mqtt", _app.Target("a"), port: 1883);
        Refused("Route 'other' of resource 'edge': port 1883 is that of its endpoint 'mqtt' already.", () => edge.WithTcpRoute("other", _app.Target("b"), port: 1883));
        edge.WithUdpRoute("sn", _app.Target("c", "u", "udp", ProtocolType.Udp), port: 1883);
        Refused("Route 'mqtt-db-example-com' of resource 'edge': its endpoint 'mqtt' is on port 1883 already, not on 1884.", () => edge.WithSniRoute("mqtt", "db.example.com", _app.Target("d"), port: 1884));
    }

    [Fact]
    public void UDP_has_no_names_and_TCP_is_no_UDP()
    {
        var (tcp, udp) = (_app.Target("t"), _app.Target("u", "dns", "udp", ProtocolType.Udp));
        var edge = _app.Gateway().WithUdpRoute("dns", udp).WithTcpRoute("mqtt", tcp);
        Refused("Route 'dns-db-example-com' of resource 'edge': its endpoint 'dns' is UDP, where there is neither TLS by SNI nor TCP.", () => edge.WithSniRoute("dns", "db.example.com", tcp));
        Refused("Route 'other' of resource 'edge': its endpoint 'mqtt' is TCP, not UDP.", () => edge.WithUdpRoute("mqtt", udp, options: new() { Name = "other" }));
        Refused("Route 'x' of resource 'edge': endpoint 'dns' of resource 'u' is UDP.", () => edge.WithTcpRoute("x", udp));
        Refused("Route 'x' of resource 'edge': endpoint 'tcp' of resource 't' is TCP.", () => edge.WithUdpRoute("x", tcp));
    }

    [Fact]
    public void A_target_is_there_and_is_not_the_gateway_itself()
    {
        var edge = _app.Gateway();
        var broker = _app.Builder.AddContainer("broker", "image").WithEndpoint(targetPort: 1883, scheme: "tcp", name: "mqtt");
        Refused("Route 'x' of resource 'edge': resource 'broker' has no endpoint 'mqqt' (it has 'mqtt'). An endpoint is declared before a route leads to it.", () => edge.WithTcpRoute("x", broker.GetEndpoint("mqqt")));
        edge.WithTcpRoute("mqtt", broker.GetEndpoint("mqtt"));
        Refused("Route 'x' of resource 'edge': it leads to the gateway itself.", () => edge.WithTcpRoute("x", edge.GetEndpoint("mqtt")));
        Refused("Route 'x' of resource 'edge': a target is there twice.", () => edge.WithTcpRoute("x", [broker.GetEndpoint("mqtt"), broker.GetEndpoint("MQTT")], new()));
        // Nothing of what was refused is left.
        Assert.Equal(["mqtt"], edge.Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Name));
    }

    [Fact]
    public void The_api_has_its_endpoint_to_itself()
    {
        var edge = _app.Gateway().WithL4AdminApi();
        Refused("Resource 'edge' has an endpoint 'l4proxy-admin' already.", () => edge.WithL4AdminApi());
        Refused("Route 'l4proxy-admin' of resource 'edge': its endpoint 'l4proxy-admin' is that of the admin API.", () => edge.WithTcpRoute("l4proxy-admin", _app.Target("a")));
    }

    [Fact]
    public async Task From_a_container_no_UDP_leads_to_the_host()
    {
        var names = _app.Builder.AddExecutable("names", "x", ".").WithEndpoint(scheme: "udp", name: "dns", protocol: ProtocolType.Udp);
        _app.Builder.AddL4Proxy("edge", "gateway").WithUdpRoute("dns", names.GetEndpoint("dns"));
        var error = await BeforeStartAsync();
        Assert.StartsWith("Route 'dns' of resource 'edge': from a container Aspire leads no UDP to 'names', which runs on the host.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_Compose_would_lose_UDP_it_is_said_how_to_keep_it()
    {
        using var directory = new Peers.Tests.Programs.TempDirectory();
        var app = ModelApp.Publish(directory.File("manifest.json"));
        app.Builder.AddResource(new DockerComposeEnvironmentResource("compose"));
        app.Builder.AddL4Proxy("edge", "gateway").WithUdpRoute("dns", app.Target("names", "dns", "udp", ProtocolType.Udp));
        var error = await BeforeStartAsync(app);
        Assert.StartsWith("Route 'dns' of resource 'edge': Aspire's publisher for Docker Compose writes UDP ports as TCP.", error.Message, StringComparison.Ordinal);

        app.Builder.Resources.OfType<L4ProxyResource>().Single().Annotations.Add(new DockerComposeServiceCustomizationAnnotation());
        Assert.Null(await Record.ExceptionAsync(() => PublishBeforeStartAsync(app)));
    }

    private Task<DistributedApplicationException> BeforeStartAsync(ModelApp? app = null) => Assert.ThrowsAsync<DistributedApplicationException>(() => PublishBeforeStartAsync(app ?? _app));

    private static async Task PublishBeforeStartAsync(ModelApp app) => L4Proxy.Aspire.Checks.ModelChecks.Check(
        app.Builder.Resources.OfType<L4ProxyResource>().Single(),
        app.Builder.Resources.OfType<L4ProxyResource>().Single().Annotations.OfType<L4Proxy.Aspire.Gateway.GatewayAnnotation>().Single(),
        new DistributedApplicationModel(app.Builder.Resources), app.Builder.ExecutionContext);

    private static void Refused(string message, Action act) => Assert.StartsWith(message, Assert.Throws<DistributedApplicationException>(act).Message, StringComparison.Ordinal);

    private static void Say(string verb, IResourceBuilder<ProjectResource> edge, string name, EndpointReference target, int? port = null, string host = "example.com") => _ = verb switch
    {
        "tcp" => edge.WithTcpRoute(name, target, port),
        "udp" => edge.WithUdpRoute(name, target, port),
        "sni" => edge.WithSniRoute(name, host, target, port),
        _ => edge.WithHttpRoute(name, host, target, port),
    };

    private static void Say(string verb, IResourceBuilder<ProjectResource> edge, string name, IEnumerable<EndpointReference> targets, string host = "example.com") => Say(verb, edge, name, targets, new(), host);

    private static void Say(string verb, IResourceBuilder<ProjectResource> edge, string name, IEnumerable<EndpointReference> targets, L4RouteOptions options, string host = "example.com") => _ = verb switch
    {
        "tcp" => edge.WithTcpRoute(name, targets, options),
        "udp" => edge.WithUdpRoute(name, targets, options),
        "sni" => edge.WithSniRoute(name, host, targets, options),
        _ => edge.WithHttpRoute(name, host, targets, options),
    };

    // Known by their names alone: the package of Aspire's publisher is none of the integration's.
    private sealed class DockerComposeEnvironmentResource(string name) : Resource(name);

    private sealed class DockerComposeServiceCustomizationAnnotation : IResourceAnnotation;
}
