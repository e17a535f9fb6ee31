using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>PROXY headers and firewalls on Kestrel's ports: HTTP sees the real client.</summary>
public class ProxyProtocolTests
{
    private const string V1 = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";

    // PROXY TCP6 [2001:db8::1]:4711 [2001:db8::2]:443, PP2_TYPE_AUTHORITY "a.example.com".
    private static readonly byte[] V2 = Convert.FromHexString(
        "0d0a0d0a000d0a515549540a2121003420010db800000000000000000000000120010db8000000000000000000000002126701bb02000d612e6578616d706c652e636f6d");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http", "1.1", false)]
    [InlineData("https", "1.1", false)]
    [InlineData("https", "2.0", false)]
    [InlineData("https", "2.0", true)]
    [Trait("Row", "D6")]
    public async Task Http_sees_the_client_of_the_header(string scheme, string version, bool needsBytes)
    {
        await using var test = await StartAsync(scheme, Required, needsBytes ? Tls("*.lacny.me") : null);
        using var client = Client(Version.Parse(version), V2);

        Assert.Equal("[2001:db8::1]:4711", await client.GetStringAsync(new Uri(test.Url, "/client"), Token));
        Assert.Equal("2 a.example.com [2001:db8::2]:443", await client.GetStringAsync(new Uri(test.Url, "/header"), Token));
        // The address connected to stays the socket's.
        Assert.Equal($"127.0.0.1:{test.Url.Port}", await client.GetStringAsync(new Uri(test.Url, "/server"), Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_in_the_same_segment_is_served_and_one_a_byte_at_a_time(bool split)
    {
        await using var test = await StartAsync("http", Required, Tls("*.lacny.me"));
        using var client = await RawClient.ConnectAsync(test.Url);
        client.Socket.NoDelay = true;
        const string Request = V1 + "GET /client HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

        foreach (var part in split ? Request.Select(letter => letter.ToString()) : [Request])
            await client.SendAsync(part);

        Assert.Contains("192.0.2.1:56324", await client.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_header_where_it_is_optional_http_is_what_it_was()
    {
        await using var test = await StartAsync("http", new() { Mode = L4ProxyProtocolMode.Optional, Trusted = ["127.0.0.1"] });
        using var client = TestApp.CreateClient();

        Assert.StartsWith("127.0.0.1:", await client.GetStringAsync(new Uri(test.Url, "/client"), Token), StringComparison.Ordinal);
        Assert.Equal("none", await client.GetStringAsync(new Uri(test.Url, "/header"), Token));
    }

    [Fact]
    public async Task A_probe_that_speaks_for_itself_keeps_its_address()
    {
        await using var test = await StartAsync("http", Required);
        using var client = Client(HttpVersion.Version11, Convert.FromHexString("0d0a0d0a000d0a515549540a20000000"));

        Assert.StartsWith("127.0.0.1:", await client.GetStringAsync(new Uri(test.Url, "/client"), Token), StringComparison.Ordinal);
        Assert.Equal("2  ", await client.GetStringAsync(new Uri(test.Url, "/header"), Token));
    }

    [Theory]
    [InlineData("10.0.0.0/8")]
    [InlineData("127.0.0.1")]
    public async Task Without_a_header_where_it_is_required_nothing_is_served(string trusted)
    {
        await using var test = await StartAsync("http", new() { Mode = L4ProxyProtocolMode.Required, Trusted = [trusted] });

        await AssertResetAsync(test, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    [Fact]
    [Trait("Row", "D7")]
    public async Task The_endpoints_firewall_holds_for_http_on_the_client_of_the_header()
    {
        await using var test = await StartAsync("http", Required, firewall: new() { Deny = ["192.0.2.0/24"] });

        await AssertResetAsync(test, V1 + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        using var client = Client(HttpVersion.Version11, V2);
        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Fact]
    public async Task The_endpoints_firewall_holds_for_http_without_a_header()
    {
        await using var test = await StartAsync("http", null, firewall: new() { Allow = ["10.0.0.0/8"] });

        await AssertResetAsync(test, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    [Theory]
    [InlineData("1.1", null)]
    [InlineData("2.0", null)]
    [InlineData("2.0", "GET")]
    public async Task Behind_tls_that_kestrel_has_terminated_a_header_is_read_as_well(string version, string? route)
    {
        var config = Config(new L4Endpoint { ProxyProtocol = Required }, route is null ? null : new L4Match { Protocols = ["ssh"] });
        await using var test = await StartAsync(
            b => b.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o =>
            {
                o.UseHttps(TestCertificate.Localhost);
                o.UseL4Proxy("web");
            })), config);
        using var handler = Handler();
        handler.PlaintextStreamFilter = async (context, token) =>
        {
            await context.PlaintextStream.WriteAsync(V2, token);
            return context.PlaintextStream;
        };
        using var client = new HttpClient(handler) { DefaultRequestVersion = Version.Parse(version), DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };

        Assert.Equal("[2001:db8::1]:4711", await client.GetStringAsync(new Uri(test.Url, "/client"), Token));
        Assert.Equal("2 a.example.com [2001:db8::2]:443", await client.GetStringAsync(new Uri(test.Url, "/header"), Token));
    }

    [Theory]
    [InlineData("unix:", true)]
    [InlineData("127.0.0.1", false)]
    public async Task On_kestrels_unix_socket_peers_are_trusted_as_such(string trusted, bool isServed)
    {
        var path = Path.Combine(Path.GetTempPath(), $"l4-{Guid.NewGuid():N}.sock");
        var config = Config(new L4Endpoint { ProxyProtocol = new() { Mode = L4ProxyProtocolMode.Required, Trusted = [trusted] } });
        await using var test = await StartAsync(b => b.WebHost.ConfigureKestrel(k => k.ListenUnixSocket(path, o => o.UseL4Proxy("web"))), config);
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path));

        var answer = await AskAsync(client, V1 + "GET /client HTTP/1.0\r\n\r\n");

        Assert.Equal(isServed, answer.EndsWith("192.0.2.1:56324", StringComparison.Ordinal));
        Assert.Equal(isServed, answer.Length > 0);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task On_an_own_endpoint_an_http_route_sees_the_client_of_the_header(string version)
    {
        var port = FreePorts.Next();
        await using var test = await StartAsync(b => b.WebHost.UseUrls("http://127.0.0.1:0"), new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["own"] = new() { Url = $"tcp://127.0.0.1:{port}", ProxyProtocol = Required } },
            Routes = new Dictionary<string, L4Route> { ["r"] = new() { Action = L4RouteAction.Http } },
        });
        using var client = Client(Version.Parse(version), V2);

        Assert.Equal("[2001:db8::1]:4711", await client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/client"), Token));
    }

    private static L4ProxyProtocolIn Required => new() { Mode = L4ProxyProtocolMode.Required, Trusted = ["127.0.0.1"] };

    private static L4Match Tls(string name) => new() { Sni = [name] };

    private static Task<TestApp> StartAsync(string scheme, L4ProxyProtocolIn? proxyProtocol, L4Match? match = null, L4Firewall? firewall = null) => StartAsync(
        b =>
        {
            b.Configuration["Kestrel:Endpoints:Web:Url"] = $"{scheme}://127.0.0.1:0";
            b.WebHost.ConfigureKestrel(k => k.ConfigureHttpsDefaults(h => h.ServerCertificate = TestCertificate.Localhost));
        },
        Config(new L4Endpoint { Kestrel = "Web", ProxyProtocol = proxyProtocol, Firewall = firewall }, match));

    private static Task<TestApp> StartAsync(Action<WebApplicationBuilder> configure, L4Config config) => TestApp.StartAsync(
        b =>
        {
            b.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
            b.Services.AddL4Proxy().LoadFromMemory(config);
            configure(b);
        },
        url: null, map: Map);

    private static void Map(WebApplication app)
    {
        app.MapGet("/header", (HttpContext context) => context.Features.Get<IProxyProtocolFeature>()?.Header is { } header
            ? $"{header.Version} {header.Authority} {header.Destination}"
            : "none");
        app.MapGet("/server", (HttpContext context) => new IPEndPoint(context.Connection.LocalIpAddress!, context.Connection.LocalPort).ToString());
    }

    /// <summary>The endpoint <c>web</c>; a route that takes nothing of what the tests send, if it is to need bytes.</summary>
    private static L4Config Config(L4Endpoint endpoint, L4Match? match = null) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = endpoint },
        Routes = match is null ? null : new Dictionary<string, L4Route>
        {
            ["r"] = new() { Endpoints = ["web"], Match = match, Action = L4RouteAction.Reject },
        },
    };

    private static HttpClient Client(Version version, byte[] header)
    {
        var handler = Handler();
        handler.ConnectCallback = async (context, token) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(context.DnsEndPoint, token);
            await socket.SendAsync(header, token);
            return new NetworkStream(socket, ownsSocket: true);
        };
        return new HttpClient(handler) { DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    private static SocketsHttpHandler Handler() => new() { SslOptions = { RemoteCertificateValidationCallback = delegate { return true; } } };

    private static async Task AssertResetAsync(TestApp test, string text)
    {
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var client = await RawClient.ConnectAsync(test.Url);
            await client.SendAsync(text);
            await client.ReadToEndAsync();
        });
        Assert.True(error.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown);
    }

    /// <summary>The answer; empty where there is none.</summary>
    private static async Task<string> AskAsync(RawClient client, string text)
    {
        try
        {
            await client.SendAsync(text);
            return await client.ReadToEndAsync();
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return "";
        }
    }
}
