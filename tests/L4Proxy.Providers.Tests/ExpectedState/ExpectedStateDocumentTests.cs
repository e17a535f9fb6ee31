using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Providers.ExpectedState;

namespace L4Proxy.Providers.Tests.ExpectedState;

[Trait("Row", "B5")]
public sealed class ExpectedStateDocumentTests : IDisposable
{
    private const string Platform =
        """
        { "serverName": "proxy-1", "routingSyncRolloutIds": ["r1"], "dns": { "records": [ { "name": "db.internal", "ips": ["192.0.2.5"] } ] },
          "traefik": {
            "httpRoutes": [ { "id": "app.example.com", "domain": "app.example.com", "serviceId": "s1",
              "upstreams": [ { "url": "192.0.2.4:3000", "weight": 5 }, { "url": "192.0.2.8:3000", "weight": 1 } ] } ],
            "tcpRoutes": [ { "id": "tcp-s2-5432", "serviceId": "s2", "upstreams": ["192.0.2.5:5432"], "externalPort": 10001, "tlsPassthrough": true } ],
            "udpRoutes": [ { "id": "udp-s3-53", "serviceId": "s3", "upstreams": ["192.0.2.6:53"], "externalPort": 11000 } ],
            "certificates": [ { "domain": "app.example.com", "certificate": "PEM", "certificateKey": "KEY" } ],
            "challengeRoute": { "controlPlaneUrl": "https://control.example.com" } } }
        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("l4proxy-");

    private string State => Path.Combine(_directory.FullName, "state.json");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void What_a_platform_expects_is_carried_over()
    {
        var imported = Parse(Platform, State);

        Assert.Empty(imported.Errors);
        Assert.Equal(["traefik.challengeRoute.controlPlaneUrl"], imported.Warnings.Select(warning => warning.Path));
        Assert.Equal(["tcp://*:10001", "udp://*:11000", "tcp://*:443"], imported.Config.Endpoints!.Values.Select(endpoint => endpoint.Url!));
        var http = imported.Config.Routes!["app.example.com"];
        Assert.Equal((L4RouteMode.L7, "app.example.com"), (http.Mode!.Value, Assert.Single(http.Match!.Sni!)));
        Assert.Equal("PEM\nKEY\n", File.ReadAllText(http.Certificate!.Path!));
        Assert.Equal([(5, "192.0.2.4:3000"), (null, "192.0.2.8:3000")], imported.Config.Clusters!["app.example.com"].Destinations!.Values.Select(one => (one.Weight, one.Address!)));
        Assert.Equal("192.0.2.5:5432", Assert.Single(imported.Config.Clusters["tcp-s2-5432"].Destinations!).Value.Address);
        Assert.Equal(["r1"], ExpectedStateDocument.RolloutsOf(Encoding.UTF8.GetBytes(Platform)));
    }

    [Fact]
    public void Order_is_no_drift()
    {
        var hash = Hash("""{ "tcpRoutes": [{ "id": "a", "upstreams": ["x:1", "y:2"] }, { "id": "b" }], "n": 1.0 }""");

        Assert.Equal(hash, Hash("""{ "n": 1, "tcpRoutes": [{ "id": "b" }, { "upstreams": ["y:2", "x:1"], "id": "a" }] }"""));
        Assert.NotEqual(hash, Hash("""{ "n": 1, "tcpRoutes": [{ "id": "b" }, { "upstreams": ["y:2", "x:3"], "id": "a" }] }"""));
        Assert.Equal("", Hash("nothing"));
    }

    [Fact]
    public void A_section_of_our_own_is_taken_as_it_is()
    {
        var imported = Parse("""{ "L4Proxy": { "Endpoints": { "e": { "Url": "tcp://*:1" } } } }""", null);

        Assert.Equal("tcp://*:1", imported.Config.Endpoints!["e"].Url);
        Assert.Equal("L4Proxy:Nonsense", Assert.Single(Parse("""{ "L4Proxy": { "Nonsense": 1 } }""", null).Errors).Path);
    }

    [Theory]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("""{ "tcpRoutes": {} }""", "tcpRoutes")]
    [InlineData("""{ "tcpRoutes": [{ "id": "a", "upstreams": ["x:1"] }] }""", "tcpRoutes[0].externalPort")]
    [InlineData("""{ "tcpRoutes": [{ "id": "a", "upstreams": ["x:1"], "externalPort": 70000 }] }""", "tcpRoutes[0].externalPort")]
    [InlineData("""{ "tcpRoutes": [{ "id": "a", "upstreams": [], "externalPort": 7 }] }""", "tcpRoutes[0].upstreams")]
    [InlineData("""{ "traefik": { "udpRoutes": [{ "sni": "a", "upstreams": ["x:1"], "externalPort": 7 }] } }""", "traefik.udpRoutes[0].sni")]
    [InlineData("""{ "httpRoutes": [{ "upstreams": ["x:1"] }] }""", "httpRoutes[0].domain")]
    [InlineData("""{ "certificates": [{ "domain": "a", "certificate": "x", "certificateKey": "y" }] }""", "certificates[0].certificate")]
    public void What_is_wrong_is_said_with_its_path(string document, string path) => Assert.Equal(path, Parse(document, null).Errors[0].Path);

    private static L4ImportResult Parse(string document, string? state) =>
        ExpectedStateDocument.Parse(Encoding.UTF8.GetBytes(document), new ExpectedStateFiles(state), new() { Url = new Uri("http://localhost/") });

    private static string Hash(string document) => ExpectedStateDocument.HashOf(Encoding.UTF8.GetBytes(document));
}
