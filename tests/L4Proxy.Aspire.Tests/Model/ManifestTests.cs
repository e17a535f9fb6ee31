using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using L4Proxy.Core.Tests.House;
using TempDirectory = L4Proxy.Peers.Tests.Programs.TempDirectory;

namespace L4Proxy.Aspire.Tests.Model;

/// <summary>What is published.</summary>
public sealed partial class ManifestTests
{
    [Fact]
    public async Task It_is_what_the_page_shows()
    {
        using var directory = new TempDirectory();
        var app = ModelApp.Publish(directory.File("manifest.json"));
        var builder = app.Builder;

        var broker = builder.AddContainer("broker", "eclipse-mosquitto").WithEndpoint(targetPort: 1883, scheme: "tcp", name: "mqtt");
        var names = builder.AddContainer("names", "coredns/coredns").WithEndpoint(targetPort: 53, scheme: "udp", name: "dns", protocol: System.Net.Sockets.ProtocolType.Udp);
        builder.AddL4Proxy("edge", "registry.example.com/gateway", "1.2")
            .WithTcpRoute("mqtt", broker.GetEndpoint("mqtt"), port: 1883, new L4RouteOptions { IsExternal = true })
            .WithUdpRoute("dns", names.GetEndpoint("dns"), port: 53, new L4RouteOptions { IsExternal = true, UdpResponses = 1 });

        await app.PublishAsync();
        var edge = JsonNode.Parse(await File.ReadAllTextAsync(directory.File("manifest.json"), TestContext.Current.CancellationToken))!["resources"]!["edge"]!;
        var shown = JsonNode.Parse(Json().Match(Repository.Read("docs/aspire.md")).Groups[1].Value);
        Assert.True(JsonNode.DeepEquals(shown, edge), edge.ToJsonString(new() { WriteIndented = true }));
    }

    [Fact]
    public async Task A_project_and_its_api_are_published_with_a_token()
    {
        using var directory = new TempDirectory();
        var app = ModelApp.Publish(directory.File("manifest.json"));
        app.Gateway().WithTcpRoute("db", app.Target("postgres"), port: 5432).WithL4AdminApi(port: 2019);
        await app.PublishAsync();
        var environment = JsonNode.Parse(await File.ReadAllTextAsync(directory.File("manifest.json"), TestContext.Current.CancellationToken))!["resources"]!["edge"]!["env"]!;
        Assert.Equal("tcp://*:{edge.bindings.db.targetPort}", (string?)environment["L4Proxy__Endpoints__db__Url"]);
        Assert.Equal("{postgres.bindings.tcp.host}:{postgres.bindings.tcp.port}", (string?)environment["L4Proxy__Clusters__db__Destinations__postgres__Address"]);
        Assert.Equal("http://0.0.0.0:{edge.bindings.l4proxy-admin.targetPort}", (string?)environment["Gateway__Admin"]);
        Assert.Equal("{edge-admin-token.value}", (string?)environment["Gateway__AdminToken"]);
    }

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();
}
