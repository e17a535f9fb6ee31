using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A peer that vanishes without a packet, on a cable that is really pulled.</summary>
public class UnpluggedTests
{
    [Fact]
    public async Task Client_unplugged()
    {
        using var cable = NetworkNamespace.Create(1);
        using var upstream = new TestUpstream();
        await using var proxy = TestProxy.Start(To(upstream.Address) with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = $"tcp://{cable.Here}:0", KeepAlive = TimeSpan.FromSeconds(1) })),
        });
        var address = (IPEndPoint)proxy.AddressOf();
        var socket = cable.Enter(() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        using var client = new TestPeer(socket);
        await socket.ConnectAsync(address, TestContext.Current.CancellationToken);
        using var server = await upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        cable.Unplug();
        // The keep-alive: one second of silence, then six probes a second apart.
        await server.ExpectResetAsync();
        Assert.Equal(L4EndReason.ClientUnreachable, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Destination_unplugged()
    {
        using var cable = NetworkNamespace.Create(3);
        using var upstream = cable.Enter(() => new TestUpstream(new IPEndPoint(cable.There, 0)));
        await using var proxy = TestProxy.Start(To(upstream.Address) with
        {
            Clusters = Map(("up", Cluster(upstream.Address) with { Socket = new() { KeepAlive = TimeSpan.FromSeconds(1) } })),
        });
        using var client = await proxy.ConnectAsync();
        using var server = await upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        cable.Unplug();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.UpstreamUnreachable, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task Destination_unplugged_while_bytes_are_on_their_way()
    {
        using var cable = NetworkNamespace.Create(4);
        using var upstream = cable.Enter(() => new TestUpstream(new IPEndPoint(cable.There, 0)));
        await using var proxy = TestProxy.Start(To(upstream.Address) with
        {
            Clusters = Map(("up", Cluster(upstream.Address) with { Socket = new() { KeepAlive = TimeSpan.Zero, UserTimeout = TimeSpan.FromSeconds(1) } })),
        });
        using var client = await proxy.ConnectAsync();
        using var server = await upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
        cable.Unplug();
        await client.SendAsync("lost");
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.UpstreamUnreachable, (await proxy.NextRecordAsync()).EndReason);
    }
}
