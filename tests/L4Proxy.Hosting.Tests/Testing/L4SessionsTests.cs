using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Testing;

/// <summary>The connections and flows of the moment, as an application sees them.</summary>
public class L4SessionsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_connection_and_a_flow_are_there_with_where_they_go_and_what_they_have_moved_until_they_end()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        using var datagrams = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using var test = TestApp.Build(b => b.Services.AddL4Proxy().LoadFromMemory(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["tcp"] = new() { Url = "tcp://127.0.0.1:0" }, ["udp"] = new() { Url = "udp://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route>
            {
                ["stream"] = new() { Endpoints = ["tcp"], ClusterId = "stream" },
                ["datagrams"] = new() { Endpoints = ["udp"], ClusterId = "datagrams" },
            },
            Clusters = new Dictionary<string, L4Cluster>
            {
                ["stream"] = To(backend.LocalEndpoint), ["datagrams"] = To(datagrams.Client.LocalEndPoint!),
            },
        }));
        await test.App.StartAsync(Token);
        var (endpoints, sessions) = (test.App.Services.GetRequiredService<IL4Endpoints>(), test.App.Services.GetRequiredService<IL4Sessions>());
        Assert.Equal((0, 0), (sessions.Count, sessions.GetAll().Count));
        var before = DateTimeOffset.UtcNow - TimeSpan.FromSeconds(1);

        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(IPAddress.Loopback, endpoints.Find("tcp")!.Port!.Value, Token);
        using var server = await backend.AcceptSocketAsync(Token).InTime();
        await client.Client.SendAsync("hello"u8.ToArray(), Token);
        Assert.Equal(5, await server.ReceiveAsync(new byte[10], Token));
        using var asking = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await asking.SendAsync("question"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, endpoints.Find("udp")!.Port!.Value), Token);
        Assert.Equal(8, (await datagrams.ReceiveAsync(Token)).Buffer.Length);

        // Who has received may be quicker than who counts.
        await Deadline.Until(() => sessions.GetAll() is [{ BytesUp: 5 }, { BytesUp: 8 }]);
        Assert.Equal(2, sessions.Count);
        var all = sessions.GetAll();
        Assert.Equal([false, true], all.Select(session => session.IsUdp));
        Assert.Equal(("tcp", "stream", "stream", "a"), (all[0].EndpointId, all[0].RouteId, all[0].ClusterId, all[0].DestinationId));
        Assert.Equal((client.Client.LocalEndPoint, backend.LocalEndpoint, 5L, 0L), (all[0].ClientEndPoint, all[0].UpstreamEndPoint, all[0].BytesUp, all[0].BytesDown));
        Assert.Equal(("udp", "datagrams", "datagrams", "a"), (all[1].EndpointId, all[1].RouteId, all[1].ClusterId, all[1].DestinationId));
        Assert.Equal((asking.Client.LocalEndPoint, datagrams.Client.LocalEndPoint, 8L), (all[1].ClientEndPoint, all[1].UpstreamEndPoint, all[1].BytesUp));
        Assert.All(all, session => Assert.InRange(session.Since, before, DateTimeOffset.UtcNow));
        Assert.NotEqual(all[0].Id, all[1].Id);

        client.Close();
        server.Close();
        await Deadline.Until(() => sessions.Count == 1);
        Assert.True(Assert.Single(sessions.GetAll()).IsUdp);
    }

    private static L4Cluster To(EndPoint address) => new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = address.ToString() } } };
}
