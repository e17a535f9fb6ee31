using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Destinations.Resolution;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Dialling on real sockets: names with an address that does not work, and servers that are away for a moment.</summary>
public sealed class DialTests
{
    private static readonly IPAddress s_other = IPAddress.Parse("127.0.0.2");

    private static L4Config NameOn(int port, int maxAttempts = 3) => To(TestUpstream.Nowhere()) with
    {
        Clusters = Map(("up", new L4Cluster
        {
            Destinations = Map(("a", new L4Destination { Address = $"up.internal:{port}" })), Retry = new L4Retry { MaxAttempts = maxAttempts },
        })),
    };

    private static Action<IServiceCollection> With(params IPAddress[] addresses) => services =>
        services.AddSingleton<AddressLookup>(_ => Task.FromResult(addresses));

    private static int PortOf(TestUpstream upstream) => ((IPEndPoint)upstream.Address).Port;

    private static async Task TalkAsync(TestPeer client, TestUpstream upstream)
    {
        using var server = await upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
    }

    [Fact]
    public async Task A_first_address_that_hangs_does_not_hide_the_second()
    {
        using var upstream = new TestUpstream();
        using var hangs = new FullBacklog(new IPEndPoint(s_other, PortOf(upstream)));
        await using var proxy = TestProxy.Start(NameOn(PortOf(upstream)), With(s_other, IPAddress.Loopback));
        for (var i = 0; i < 3; i++)
        {
            using var client = await proxy.ConnectAsync();
            await TalkAsync(client, upstream);
        }
    }

    [Fact]
    public async Task A_first_address_where_nobody_is_does_not_hide_the_second()
    {
        using var cable = NetworkNamespace.Create(41);
        using var upstream = new TestUpstream();
        // On the cable, and no answer to ARP: the kernel says so only after three seconds.
        await using var proxy = TestProxy.Start(NameOn(PortOf(upstream)), With(IPAddress.Parse("10.231.41.77"), IPAddress.Loopback));
        using var client = await proxy.ConnectAsync();
        await TalkAsync(client, upstream);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Localhost_is_reached_where_only_one_family_listens(bool v6)
    {
        if (!Socket.OSSupportsIPv6)
            Assert.Skip("this machine has no IPv6");
        using var upstream = new TestUpstream(FreePorts.On(v6 ? IPAddress.IPv6Loopback : IPAddress.Loopback));
        await using var proxy = TestProxy.Start(
            NameOn(PortOf(upstream), maxAttempts: 1),
            v6 ? With(IPAddress.Loopback, IPAddress.IPv6Loopback) : With(IPAddress.IPv6Loopback, IPAddress.Loopback));
        using var client = await proxy.ConnectAsync();
        await TalkAsync(client, upstream);
    }

    [Fact]
    public async Task TLS_is_spoken_to_the_address_that_answers()
    {
        using var upstream = new TestUpstream();
        using var hangs = new FullBacklog(new IPEndPoint(s_other, PortOf(upstream)));
        await using var proxy = TlsProxy.Start(
            NameOn(PortOf(upstream)), upstream: new TestUpstreamTls(), configure: With(s_other, IPAddress.Loopback));
        using var client = await proxy.ConnectAsync();
        using var server = await TlsPeer.AcceptAsync(upstream);
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
    }

    [Fact]
    public async Task An_address_whose_certificate_is_not_accepted_gives_way_to_another()
    {
        using var upstream = new TestUpstream();
        using var wrong = new TestUpstream(new IPEndPoint(s_other, PortOf(upstream)));
        await using var proxy = TlsProxy.Start(
            NameOn(PortOf(upstream)), upstream: new TestUpstreamTls(), configure: With(s_other, IPAddress.Loopback));
        using var client = await proxy.ConnectAsync();
        using var certificate = TestAuthority.Unknown.Issue("localhost");
        using var refused = await TlsPeer.AcceptAsync(wrong, TlsPeer.Server(certificate));
        using var server = await TlsPeer.AcceptAsync(upstream);
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
    }

    [Fact]
    public async Task A_server_that_restarts_is_found_by_the_next_attempt()
    {
        using var socket = Bound(FreePorts.On(IPAddress.Loopback));
        await using var proxy = TestProxy.To(socket.LocalEndPoint!);
        await BackAsync(proxy, socket);
    }

    [Fact]
    public async Task A_server_on_a_Unix_socket_that_restarts_is_found_by_the_next_attempt()
    {
        var path = Path.Combine(Path.GetTempPath(), $"l4{Guid.NewGuid():N}.sock");
        using var socket = Bound(new UnixDomainSocketEndPoint(path));
        try
        {
            await using var proxy = TestProxy.To(socket.LocalEndPoint!);
            await BackAsync(proxy, socket);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task One_destination_is_tried_as_often_as_MaxAttempts_says()
    {
        await using var proxy = TestProxy.Start(To(TestUpstream.Nowhere()) with
        {
            Clusters = Map(("up", Cluster(TestUpstream.Nowhere()) with { Retry = new L4Retry { MaxAttempts = 2 } })),
        });
        await ExpectAttemptsAsync(proxy, 2, L4EndReason.ConnectRefused);
    }

    [Fact]
    public async Task One_attempt_is_one()
    {
        await using var proxy = TestProxy.Start(To(TestUpstream.Nowhere()) with
        {
            Clusters = Map(("up", Cluster(TestUpstream.Nowhere()) with { Retry = new L4Retry { MaxAttempts = 1 } })),
        });
        await ExpectAttemptsAsync(proxy, 1, L4EndReason.ConnectRefused);
    }

    [Fact]
    public async Task A_destination_that_did_not_answer_in_time_is_not_waited_for_twice()
    {
        using var hangs = new FullBacklog();
        await using var proxy = TestProxy.To(hangs.Address, new L4Timeouts { Connect = TimeSpan.FromMilliseconds(300) });
        await ExpectAttemptsAsync(proxy, 1, L4EndReason.ConnectTimeout);
    }

    [Fact]
    public async Task Of_two_that_fail_the_one_that_refuses_is_tried_again()
    {
        using var hangs = new FullBacklog();
        await using var proxy = TestProxy.Start(To(hangs.Address) with
        {
            Clusters = Map(("up", Cluster(hangs.Address, TestUpstream.Nowhere()) with
            {
                Timeouts = new L4Timeouts { Connect = TimeSpan.FromMilliseconds(300) },
            })),
        });
        await ExpectAttemptsAsync(proxy, 3, L4EndReason.ConnectRefused);
    }

    [Fact]
    public async Task A_shutdown_does_not_wait_for_the_next_attempt()
    {
        await using var proxy = TestProxy.To(TestUpstream.Nowhere());
        var failed = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = await proxy.ConnectAsync();
        await failed;
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();
        await proxy.Server.StopAsync(hurry.Token);
        Assert.Equal(L4EndReason.Shutdown, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal(1, Attempts(proxy));
    }

    [Fact]
    public async Task A_name_that_cannot_be_looked_up_is_said_as_it_was_asked_for_with_the_reason()
    {
        AddressLookup lookup = _ => throw new SocketException((int)SocketError.HostNotFound);
        await using var proxy = TestProxy.Start(Instances(), services => services.AddSingleton(lookup));
        var line = await FailureAsync(proxy, "vm7.example.com");
        Assert.Contains($"at vm7.internal:5432: ResolveFailed {new SocketException((int)SocketError.HostNotFound).Message}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_may_not_be_asked_for_is_said_with_what_the_client_called_it()
    {
        await using var proxy = TestProxy.Start(Instances());
        var line = await FailureAsync(proxy, "-vm.example.com");
        Assert.Contains("DestinationNameRefused the capture 'instance'", line, StringComparison.Ordinal);
        Assert.Contains("The client asked for '-vm.example.com'.", line, StringComparison.Ordinal);
    }

    private static L4Config Instances() => To(TestUpstream.Nowhere()) with
    {
        Routes = Map(("all", new L4Route { ClusterId = "up", Match = new L4Match { Sni = ["{instance}.example.com"] } })),
        Clusters = Map(("up", new L4Cluster { Destinations = Map(("vm", new L4Destination { Address = "{instance}.internal:5432" })) })),
    };

    private static async Task<string> FailureAsync(TestProxy proxy, string serverName)
    {
        var failed = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = await proxy.ConnectAsync();
        await client.SendAsync(new HelloBuilder().WithServerName(serverName).Bytes());
        await client.ExpectResetAsync();
        return await failed;
    }

    private static int Attempts(TestProxy proxy) => proxy.Log.Lines.Count(line => line.Contains("ConnectFailed", StringComparison.Ordinal));

    private static async Task ExpectAttemptsAsync(TestProxy proxy, int attempts, L4EndReason reason)
    {
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(reason, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal(attempts, Attempts(proxy));
    }

    /// <summary>Bound, and refusing: nobody else gets the address meanwhile.</summary>
    private static Socket Bound(EndPoint address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        socket.Bind(address);
        return socket;
    }

    private static async Task BackAsync(TestProxy proxy, Socket socket)
    {
        var failed = proxy.Log.WaitForAsync("ConnectFailed");
        using var client = await proxy.ConnectAsync();
        await failed;
        socket.Listen();
        using var server = new TestPeer(await socket.AcceptAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestPeer.Patience));
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        Assert.Equal(1, Attempts(proxy));
    }
}
