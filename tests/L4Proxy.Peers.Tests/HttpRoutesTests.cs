using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>curl and two nginx's behind one plaintext port, told apart by host, path and version of HTTP; what no route takes is Kestrel's and YARP's.</summary>
[Trait("Runs", "Once")]
public sealed class HttpRoutesTests : IAsyncLifetime
{
    private const string Routed = "a.lacny.me";

    private readonly int _port = FreePorts.Next();
    private NginxHttpPeer _web = null!;
    private NginxHttpPeer _api = null!;
    private HttpBackend _backend = null!;
    private GatewayProcess _gateway = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _web = await NginxHttpPeer.StartAsync("web", Cancellation);
        _api = await NginxHttpPeer.StartAsync("api", Cancellation);
        _backend = await HttpBackend.StartAsync(Cancellation);
        _gateway = await GatewayProcess.StartAsync(Json(), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _backend.DisposeAsync();
        await _api.DisposeAsync();
        await _web.DisposeAsync();
    }

    [Theory]
    [InlineData("--http1.1", "HTTP/1.1")]
    [InlineData("--http1.0", "HTTP/1.0")]
    [InlineData("--http2-prior-knowledge", "HTTP/2.0")]
    public async Task Each_host_and_path_has_its_server(string version, string spoken)
    {
        Assert.Equal(NginxHttpPeer.Answer("web", Routed, "/x?y=/api/", spoken), await GetAsync(Routed, "/x?y=/api/", version));
        Assert.Equal(NginxHttpPeer.Answer("api", Routed, "/api/x", spoken), await GetAsync(Routed, "/api/x", version));
        Assert.Equal(NginxHttpPeer.Answer("api", Routed, "/x/../%61pi/y", spoken), await GetAsync(Routed, "/x/../%61pi/y", version, "--path-as-is"));
    }

    [Fact]
    public async Task What_no_route_takes_is_served_by_Kestrel_with_all_its_bytes()
    {
        Assert.Equal(HttpBackend.Answer("www.example.com"), await GetAsync("www.example.com", "/", "--http1.1"));
        Assert.Equal(HttpBackend.Answer("lacny.me"), await GetAsync("lacny.me", "/api/", "--http1.1", "--data", new string('x', 30_000)));
        // Longer than what is looked at.
        Assert.Equal(HttpBackend.Answer(Routed), await GetAsync(Routed, "/", "--http1.1", "--header", $"X-Long: {new string('x', 20_000)}"));
    }

    [Fact]
    public async Task A_client_of_a_forward_proxy_names_the_host_in_its_target()
    {
        var answer = await Curl.RunAsync($"http://{Routed}/api/x", Cancellation, "--proxy", $"http://127.0.0.1:{_port}", "--noproxy", "");

        Assert.Equal(NginxHttpPeer.Answer("api", Routed, "http://a.lacny.me/api/x", "HTTP/1.1").Replace("http://a.lacny.me/", "/", StringComparison.Ordinal), answer.Succeeded().Trim());
    }

    [Theory]
    [InlineData("--http1.1", "HTTP/1.1")]
    [InlineData("--http2-prior-knowledge", "HTTP/2.0")]
    public async Task A_request_that_comes_a_byte_at_a_time_is_routed_as_any_other(string version, string spoken)
    {
        await using var slow = new RecordingRelay(_port, slow: true);

        var answer = await Curl.RunAsync($"http://{Routed}:{slow.Port}/api/", Cancellation, version);

        Assert.Equal(NginxHttpPeer.Answer("api", Routed, "/api/", spoken), answer.Succeeded().Trim());
    }

    private async Task<string> GetAsync(string host, string target, params string[] options) =>
        (await Curl.RunAsync($"http://{host}:{_port}{target}", Cancellation, options)).Succeeded().Trim();

    private string Json() =>
        $$"""
        {
          "Kestrel": { "Endpoints": { "Http": { "Url": "http://127.0.0.1:{{_port}}" } } },
          "ReverseProxy": {
            "Routes": { "web": { "ClusterId": "web", "Match": { "Path": "{**all}" } } },
            "Clusters": { "web": { "Destinations": { "a": { "Address": "http://127.0.0.1:{{_backend.Port}}" } } } }
          },
          "L4Proxy": {
            "Endpoints": { "http": { "Kestrel": "Http" } },
            "Routes": {
              "web": { "Endpoints": ["http"], "Match": { "Host": ["*.lacny.me"] }, "ClusterId": "web" },
              "api": { "Endpoints": ["http"], "Match": { "Host": ["*.lacny.me"], "Path": ["/api/"] }, "ClusterId": "api" },
              "web2": { "Endpoints": ["http"], "Match": { "Host": ["*.lacny.me"], "Protocols": ["http2"] }, "Order": -1, "ClusterId": "web2" },
              "api2": { "Endpoints": ["http"], "Match": { "Host": ["*.lacny.me"], "Path": ["/api/"], "Protocols": ["http2"] }, "Order": -1, "ClusterId": "api2" }
            },
            "Clusters": {
              "web": { "Destinations": { "a": { "Address": "127.0.0.1:{{_web.Port}}" } } },
              "api": { "Destinations": { "a": { "Address": "127.0.0.1:{{_api.Port}}" } } },
              "web2": { "Destinations": { "a": { "Address": "127.0.0.1:{{_web.Http2Port}}" } } },
              "api2": { "Destinations": { "a": { "Address": "127.0.0.1:{{_api.Http2Port}}" } } }
            }
          }
        }
        """;
}
