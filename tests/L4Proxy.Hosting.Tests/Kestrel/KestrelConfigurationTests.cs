using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;

namespace L4Proxy.Hosting.Tests.Kestrel;

/// <summary>Endpoints from Kestrel's configuration and from code, on real ports.</summary>
public class KestrelConfigurationTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_the_named_endpoint_is_claimed()
    {
        var ports = (Web: FreePorts.Next(), Other: FreePorts.Next());
        var gate = new FakeGate { ClaimsListener = l => l.KestrelNames.Contains("Web") };
        await using var test = await TestApp.StartAsync(
            b =>
            {
                b.Configuration["Kestrel:Endpoints:Web:Url"] = $"http://localhost:{ports.Web}";
                b.Configuration["Kestrel:Endpoints:Other:Url"] = $"http://127.0.0.1:{ports.Other}";
            }, gate, url: null);
        foreach (var (url, claimed) in new[]
        {
            ($"http://127.0.0.1:{ports.Web}", 1), ($"http://[::1]:{ports.Web}", 2), ($"http://127.0.0.1:{ports.Other}", 2)
        })
        {
            using var client = TestApp.CreateClient();
            Assert.Equal("hello", await client.GetStringAsync(new Uri(url), Token));
            Assert.Equal(claimed, gate.Served);
        }
    }

    [Fact]
    public async Task A_reload_adds_a_port_and_takes_it_away_while_a_connection_goes_on()
    {
        var ports = (First: FreePorts.Next(), Second: FreePorts.Next());
        var gate = new FakeGate { ClaimsListener = l => l.KestrelNames.Contains("Second") };
        var first = ("Kestrel:Endpoints:First:Url", $"http://127.0.0.1:{ports.First}");
        var configuration = new TestConfiguration(first);
        await using var test = await TestApp.StartAsync(b => b.Configuration.Sources.Add(configuration), gate, url: null);
        using var lasting = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, ports.First));
        await lasting.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await lasting.ReadUntilAsync("hello");

        configuration.Replace(first, ("Kestrel:Endpoints:Second:Url", $"http://127.0.0.1:{ports.Second}"));
        await Deadline.Until(() => test.App.Urls.Count == 2);
        using (var client = TestApp.CreateClient())
            Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://127.0.0.1:{ports.Second}"), Token));
        Assert.Equal(1, gate.Served);

        configuration.Replace(first);
        await Deadline.Until(() => test.App.Urls.Count == 1);
        await Assert.ThrowsAnyAsync<SocketException>(() => RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, ports.Second)));
        await lasting.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains("hello", await lasting.ReadUntilAsync("hello"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_in_code_is_claimed_by_its_id_with_port_0()
    {
        var gate = new FakeGate { ClaimsListener = l => l.EndpointId == "web", EndpointId = "web", ClaimsId = id => id == "web" };
        await using var test = await TestApp.StartAsync(
            b => b.WebHost.ConfigureKestrel(k =>
            {
                k.Listen(IPAddress.Loopback, 0, o => o.UseL4Proxy("web"));
                k.Listen(IPAddress.Loopback, 0);
            }), gate, url: null);
        var counts = new List<int>();
        foreach (var url in test.App.Urls)
        {
            using var client = TestApp.CreateClient();
            Assert.Equal("hello", await client.GetStringAsync(new Uri(url), Token));
            counts.Add(gate.Served);
        }

        // Once, at the listener: the middleware knows that it was served already.
        Assert.Equal([1, 1], counts);
    }

    [Fact]
    public async Task An_endpoint_named_in_configuration_can_be_given_away_in_code()
    {
        var port = FreePorts.Next();
        var gate = new FakeGate { ClaimsListener = l => l.EndpointId == "web", EndpointId = "web" };
        await using var test = await TestApp.StartAsync(
            b =>
            {
                b.Configuration["Kestrel:Endpoints:Web:Url"] = $"http://localhost:{port}";
                b.WebHost.ConfigureKestrel((context, k) => k.Configure(context.Configuration.GetSection("Kestrel"))
                    .Endpoint("Web", e => e.ListenOptions.UseL4Proxy("web")));
            }, gate, url: null);
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(new Uri($"http://[::1]:{port}"), Token));

        Assert.Equal(1, gate.Served);
    }

    [Fact]
    public async Task An_id_that_the_configuration_lacks_leaves_the_endpoint_to_http()
    {
        await using var test = await TestApp.StartAsync(
            b => b.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, o => o.UseL4Proxy("nothing"))), url: null);
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_yarp_route_is_served_through_the_listener(bool claimed)
    {
        await using var backend = await TestApp.StartAsync(withL4Proxy: false);
        var gate = new FakeGate { ClaimsListener = _ => claimed, Walk = FakeGate.ReadThenHandOver(30) };
        await using var test = await TestApp.StartAsync(
            b => b.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "r", ClusterId = "c", Match = new RouteMatch { Path = "/backend/{**rest}" } }
                    with { Transforms = [new Dictionary<string, string> { ["PathRemovePrefix"] = "/backend" }] }],
                [new ClusterConfig
                {
                    ClusterId = "c",
                    Destinations = new Dictionary<string, DestinationConfig> { ["d"] = new() { Address = backend.Url.ToString() } },
                }]),
            gate, map: app => app.MapReverseProxy());
        using var client = TestApp.CreateClient();

        Assert.Equal("http HTTP/1.1", await client.GetStringAsync(new Uri(test.Url, "/backend/protocol"), Token));
        using var answer = await client.PostAsync(new Uri(test.Url, "/backend/hash"), new ByteArrayContent(new byte[1024 * 1024]), Token);
        Assert.Equal("30E14955EBF1352266DC2FF8067E68104607E750ABB9D3B36582B8AF909FCB58", await answer.Content.ReadAsStringAsync(Token));
    }
}
