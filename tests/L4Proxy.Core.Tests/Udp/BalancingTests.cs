using L4Proxy.Configuration;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>Shares of flows.</summary>
public sealed class BalancingTests : IAsyncDisposable
{
    private readonly List<TestEcho> _echoes = [new(), new(), new()];
    private readonly List<TestDatagrams> _clients = [];

    [Theory]
    [InlineData("RoundRobin", 10, 20, 30)]
    [InlineData("LeastConnections", 10, 20, 30)]
    public async Task Flows_go_by_weight(string policy, params int[] expected)
    {
        var cluster = Cluster([.. _echoes.Select(echo => echo.Address)]);
        await using var proxy = Tcp.TestProxy.Start(new()
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", cluster with
            {
                LoadBalancingPolicy = policy, Destinations = cluster.Destinations!.ToDictionary(pair => pair.Key, pair => pair.Value with { Weight = 1 + pair.Key[1] - '0' }),
            })),
        });
        for (var i = 0; i < expected.Sum(); i++)
        {
            _clients.Add(new());
            // More than one datagram: a flow is one.
            for (var j = 0; j < 3; j++)
            {
                await _clients[^1].SendAsync("hello", proxy.AddressOf());
                await _clients[^1].ExpectAsync("hello");
            }
        }
        Assert.Equal(expected, proxy.Server.Snapshot.Clusters["up"].Destinations.Select(destination => destination.State.Active));
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        foreach (var echo in _echoes)
            await echo.DisposeAsync();
    }
}
