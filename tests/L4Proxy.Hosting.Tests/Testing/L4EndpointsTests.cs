using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace L4Proxy.Hosting.Tests.Testing;

/// <summary>The state of every endpoint, as an application sees it.</summary>
public class L4EndpointsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_port_that_an_own_endpoint_got_is_known_over_tcp_and_udp()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var test = await StartAsync(
            Config(("tcp", "tcp://127.0.0.1:0"), ("udp", "udp://127.0.0.1:0")) with { Clusters = Clusters(backend.LocalEndpoint) });

        var all = Endpoints(test).GetAll();

        Assert.Equal(["tcp", "udp"], all.Select(e => e.Id));
        Assert.All(all, e => Assert.Equal(L4EndpointState.Listening, e.State));
        Assert.All(all, e => Assert.False(e.IsShared));
        Assert.All(all, e => Assert.InRange(e.Port!.Value, 1, 65535));
        Assert.Equal([false, true], all.Select(e => e.IsUdp));
        using var client = await RawClient.ConnectAsync(all[0].Listeners[0].EndPoint);
        using var server = await backend.AcceptSocketAsync(Token).InTime();
    }

    [Fact]
    public async Task Before_the_start_there_are_none()
    {
        await using var test = TestApp.Build(b => b.Services.AddL4Proxy().LoadFromMemory(Config(("a", "tcp://127.0.0.1:0"))));

        Assert.Empty(Endpoints(test).GetAll());
        Assert.Null(Endpoints(test).Find("a"));
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task An_address_that_cannot_be_bound_says_why_until_it_can(string scheme)
    {
        using var holder = new Socket(AddressFamily.InterNetwork, scheme == "tcp" ? SocketType.Stream : SocketType.Dgram, ProtocolType.Unspecified);
        holder.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (scheme == "tcp")
            holder.Listen();
        await using var test = await StartAsync(Config(("a", $"{scheme}://{holder.LocalEndPoint}")));
        var failed = Endpoints(test).Find("a")!;
        Assert.Equal(L4EndpointState.Failed, failed.State);
        Assert.Null(failed.Port);
        Assert.Equal(holder.LocalEndPoint, failed.Listeners[0].EndPoint);
        Assert.Contains("in use", failed.Listeners[0].Error, StringComparison.Ordinal);
        var waiting = Endpoints(test).WaitUntilListeningAsync("a", Token);
        Assert.False(waiting.IsCompleted);

        holder.Dispose();

        Assert.Equal(L4EndpointState.Listening, (await waiting.InTime()).State);
    }

    [Fact]
    public async Task An_own_endpoint_on_a_port_that_code_has_given_to_kestrel_says_who_has_it()
    {
        var port = FreePorts.Next();
        await using var test = await StartAsync(
            Config(("a", $"tcp://127.0.0.1:{port}")), b => b.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port)));

        Assert.EndsWith($"Kestrel of this program listens on 127.0.0.1:{port}", Endpoints(test).Find("a")!.Listeners[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task But_not_of_UDP_where_it_has_the_same_port_over_TCP()
    {
        var port = FreePorts.Next();
        using var holder = new UdpClient(new IPEndPoint(IPAddress.Loopback, port));
        await using var test = await StartAsync(
            Config(("a", $"udp://127.0.0.1:{port}")), b => b.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port)));

        Assert.DoesNotContain("Kestrel", Endpoints(test).Find("a")!.Listeners[0].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_that_is_given_up_says_what_was_missing()
    {
        await using var test = await StartAsync(Config());

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => Endpoints(test).WaitUntilListeningAsync("none", new CancellationToken(canceled: true)));

        Assert.Equal("Endpoint 'none' does not listen. There is none.", error.Message);
    }

    [Fact]
    public async Task An_endpoint_that_a_reload_adds_can_be_waited_for()
    {
        await using var test = await StartAsync(Config());
        var waiting = Endpoints(test).WaitUntilListeningAsync("late", Token);

        Update(test, Config(("late", "tcp://127.0.0.1:0")));

        Assert.NotNull((await waiting.InTime()).Port);
    }

    [Fact]
    public async Task A_removed_endpoint_drains_until_its_last_connection_ends()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var test = await StartAsync(Config(("a", "tcp://127.0.0.1:0")) with { Clusters = Clusters(backend.LocalEndpoint) });
        using var client = await RawClient.ConnectAsync(Endpoints(test).Find("a")!.Listeners[0].EndPoint);
        using var server = await backend.AcceptSocketAsync(Token).InTime();

        Update(test, Config());
        await Deadline.Until(() => Endpoints(test).Find("a")?.State == L4EndpointState.Draining);
        client.Dispose();
        server.Dispose();

        await Deadline.Until(() => Endpoints(test).Find("a") is null);
    }

    [Fact]
    public async Task When_the_host_stops_endpoints_drain_and_nobody_waits_any_longer()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        await using var test = await StartAsync(Config(("a", "tcp://127.0.0.1:0")) with { Clusters = Clusters(backend.LocalEndpoint) });
        var client = await RawClient.ConnectAsync(Endpoints(test).Find("a")!.Listeners[0].EndPoint);
        var server = await backend.AcceptSocketAsync(Token).InTime();
        var waiting = Endpoints(test).WaitUntilListeningAsync("never", Token);

        var stopping = test.App.StopAsync(Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.InTime());
        Assert.Equal(L4EndpointState.Draining, Endpoints(test).Find("a")!.State);
        client.Dispose();
        server.Dispose();
        await stopping.InTime();
    }

    [Fact]
    public async Task An_endpoint_shared_by_its_name_has_kestrels_address()
    {
        await using var test = await StartAsync(
            Config() with { Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Kestrel = "Web" } } },
            b => b.Configuration["Kestrel:Endpoints:Web:Url"] = "http://127.0.0.1:0");

        var web = Endpoints(test).Find("web")!;

        Assert.True(web.IsShared);
        Assert.Equal(L4EndpointState.Listening, web.State);
        Assert.Equal(test.Url.Port, web.Port);
        await test.App.StopAsync(Token);
        Assert.Empty(Endpoints(test).Find("web")!.Listeners);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endpoint_shared_in_code_has_kestrels_address_on_either_side_of_tls(bool isBeforeTls)
    {
        await using var test = await StartAsync(
            Config() with { Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() } },
            b => b.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (isBeforeTls)
                    listen.UseL4Proxy("web");
                listen.UseHttps(TestCertificate.Localhost);
                if (!isBeforeTls)
                    listen.UseL4Proxy("web");
            })));

        var web = Endpoints(test).Find("web")!;

        Assert.Equal(L4EndpointState.Listening, web.State);
        Assert.Equal(test.Url.Port, web.Port);
    }

    [Fact]
    public async Task A_unix_socket_that_kestrel_binds_is_listening_once_the_app_has_started()
    {
        var path = Path.Combine(Path.GetTempPath(), $"l4-{Guid.NewGuid():N}.sock");
        await using var test = await StartAsync(
            Config() with { Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() } },
            b => b.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(path, listen => listen.UseL4Proxy("web"))));

        var web = await Endpoints(test).WaitUntilListeningAsync("web", Token).InTime();

        Assert.Equal(path, web.Listeners[0].EndPoint.ToString());
        Assert.Null(web.Port);
    }

    [Fact]
    public async Task An_endpoint_that_code_has_not_given_a_listener_is_closed()
    {
        await using var test = await StartAsync(Config() with { Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() } });

        Assert.Equal(L4EndpointState.Closed, Endpoints(test).Find("web")!.State);
    }

    internal static L4Config Config(params (string Id, string Url)[] endpoints) => new()
    {
        Endpoints = endpoints.ToDictionary(e => e.Id, e => new L4Endpoint { Url = e.Url }),
        Routes = endpoints.ToDictionary(e => e.Id, e => new L4Route { Endpoints = [e.Id], ClusterId = "c" }),
        Clusters = Clusters(new IPEndPoint(IPAddress.Loopback, 1)),
    };

    internal static Task<TestApp> StartAsync(L4Config config, Action<WebApplicationBuilder>? configure = null) => TestApp.StartAsync(
        b =>
        {
            b.Services.Replace(ServiceDescriptor.Singleton<IL4ConnectionGate, ProxyGate>());
            b.Services.AddL4Proxy().LoadFromMemory(config);
            configure?.Invoke(b);
        }, url: configure is null ? "http://127.0.0.1:0" : null);

    internal static void Update(TestApp test, L4Config config) => test.App.Services.GetRequiredService<L4InMemoryConfigProvider>().Update(config);

    private static IL4Endpoints Endpoints(TestApp test) => test.App.Services.GetRequiredService<IL4Endpoints>();

    private static Dictionary<string, L4Cluster> Clusters(EndPoint backend) => new()
    {
        ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["d"] = new() { Address = backend.ToString() } } },
    };
}
