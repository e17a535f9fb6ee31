using System.Net;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Udp;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary><c>Responses: 0</c>, as for syslog: each datagram goes its own way, and nothing comes back.</summary>
public sealed class OneWayTests : IDisposable
{
    private readonly TestDatagrams[] _receivers = [.. Enumerable.Range(0, 3).Select(_ => new TestDatagrams())];
    private readonly TestDatagrams _sender = new();

    [Fact]
    public async Task Datagrams_of_one_socket_are_spread_over_three_receivers_and_hold_no_flow()
    {
        await using var proxy = TestProxy.Start(Udp("RoundRobin", [.. _receivers.Select(receiver => receiver.Address)]));
        for (var i = 0; i < 30; i++)
            await _sender.SendAsync($"{i}", proxy.AddressOf());
        foreach (var receiver in _receivers)
        {
            for (var i = 0; i < 10; i++)
                await receiver.ReceiveAsync();
        }
        for (var i = 0; i < 30; i++)
            Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal(0, proxy.Get<UdpServer>().Count);
        Assert.Equal(0, proxy.Server.Snapshot.Endpoints["in"].Flows.Count);
        Assert.All(proxy.Server.Snapshot.Clusters["up"].Destinations, destination => Assert.Equal(0, destination.State.Active));
    }

    [Fact]
    public async Task What_a_receiver_answers_reaches_nobody()
    {
        var config = Udp("First", _receivers[0].Address);
        await using var proxy = TestProxy.Start(config);
        using var counts = new DatagramCounts(proxy);
        await _sender.SendAsync("one", proxy.AddressOf());
        var flow = await _receivers[0].ExpectAsync("one");
        await _receivers[0].SendAsync("answer", flow);
        await _sender.SendAsync("two", proxy.AddressOf());
        Assert.NotEqual(flow, await _receivers[0].ExpectAsync("two"));
        await proxy.NextRecordAsync();
        await proxy.NextRecordAsync();
        Assert.True(_sender.IsEmpty);
        Assert.Equal(0, counts["down", DatagramOutcome.Relayed]);
        Assert.Equal(2, counts["up", DatagramOutcome.Relayed]);
    }

    [Fact]
    public async Task One_receiver_that_is_gone_costs_no_datagram_of_a_steady_sender()
    {
        var gone = _receivers[0].Address;
        _receivers[0].Dispose();
        await using var proxy = TestProxy.Start(Udp("RoundRobin", gone, _receivers[1].Address, _receivers[2].Address));
        TestDatagrams[] there = [_receivers[1], _receivers[2]];
        var receiving = there.Select(receiver => receiver.ReceiveAsync()).ToList();
        // One after the other: of what follows at once it is not known whether it arrived.
        for (var i = 0; i < 40; i++)
        {
            await _sender.SendAsync($"{i}", proxy.AddressOf());
            var received = await Task.WhenAny(receiving);
            Assert.Equal($"{i}", Encoding.UTF8.GetString((await received).Datagram));
            var index = receiving.IndexOf(received);
            receiving[index] = there[index].ReceiveAsync();
        }
    }

    [Fact]
    public async Task Datagrams_wait_for_a_name_each_on_its_own()
    {
        var answer = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        AddressLookup lookup = _ => answer.Task;
        await using var proxy = TestProxy.Start(
            Udp("First") with
            {
                Clusters = Map(("up", new L4Cluster
                {
                    Destinations = Map(("d", new L4Destination { Address = $"slow.test:{_receivers[0].Address.Port}" })), Udp = new L4Udp { Responses = 0 },
                })),
            }, services => services.AddSingleton(lookup));
        using var counts = new DatagramCounts(proxy);
        for (var i = 0; i < 20; i++)
            await _sender.SendAsync("x", proxy.AddressOf());
        await counts.ExpectAsync("up", DatagramOutcome.Relayed, 20);
        answer.SetResult([IPAddress.Loopback]);
        for (var i = 0; i < 20; i++)
            await _receivers[0].ExpectAsync("x");
    }

    [Fact]
    public async Task MaxSessions_holds_for_those_that_wait()
    {
        var never = new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        AddressLookup lookup = _ => never.Task;
        var config = Udp("First") with
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0", Limits = new L4Limits { MaxSessions = 4 } })),
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = "slow.test:9" })), Udp = new L4Udp { Responses = 0 } })),
        };
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton(lookup));
        using var counts = new DatagramCounts(proxy);
        for (var i = 0; i < 20; i++)
            await _sender.SendAsync("x", proxy.AddressOf());
        await counts.WaitForAsync("up", 20);
        Assert.Equal(16, counts["up", DatagramOutcome.SessionsFull]);
        never.SetResult([]);
    }

    public void Dispose()
    {
        foreach (var receiver in _receivers)
            receiver.Dispose();
        _sender.Dispose();
    }

    private static L4Config Udp(string policy, params EndPoint[] destinations) => new()
    {
        Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
        Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
        Clusters = Map(("up", Cluster(destinations) with { LoadBalancingPolicy = policy, Udp = new L4Udp { Responses = 0 } })),
    };
}
