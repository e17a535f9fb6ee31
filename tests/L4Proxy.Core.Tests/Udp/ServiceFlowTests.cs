using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Destinations.NameServers;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>UDP flows to hosts by SRV records. The clock is the test's.</summary>
public sealed class ServiceFlowTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly TestDatagrams _client = new();
    private readonly TestDatagrams _first = new();
    private readonly TestDatagrams _second = new(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
    private readonly TestNameServer _names;
    private (int Priority, int Weight, int Port, string Target)[] _hosts;

    public ServiceFlowTests()
    {
        _hosts = [(10, 0, _first.Address.Port, "first.test"), (20, 0, _second.Address.Port, "second.test")];
        _names = new TestNameServer(query => query.Type == TestQuery.Srv
            ? query.Services(30, _hosts)
            : query.Addresses(30, query.Name == "second.test" ? "127.0.0.2" : "127.0.0.1"));
    }

    public void Dispose()
    {
        _names.Dispose();
        _client.Dispose();
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task A_flow_goes_to_the_lowest_priority_and_to_the_next_one_where_that_refuses()
    {
        await using var proxy = Start();
        await _client.SendAsync("hello", proxy.AddressOf());
        await _first.ExpectAsync("hello");

        _first.Dispose();
        using var other = new TestDatagrams();
        await other.SendAsync("and I", proxy.AddressOf());
        await _second.ExpectAsync("and I");
    }

    [Fact]
    public async Task A_flow_whose_host_is_one_of_the_services_still_stays_and_moves_once_it_is_not()
    {
        await using var proxy = Start();
        await _client.SendAsync("hello", proxy.AddressOf());
        var flow = await _first.ExpectAsync("hello");
        await _first.SendAsync("howdy", flow);
        await _client.ExpectAsync("howdy");

        // Behind the other by now, and still there.
        _hosts = [(10, 0, _second.Address.Port, "second.test"), (20, 0, _first.Address.Port, "first.test")];
        for (var i = 0; i < 15; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await _client.SendAsync($"{i}", proxy.AddressOf());
            Assert.Equal(flow, await _first.ExpectAsync($"{i}"));
        }

        _hosts = [(10, 0, _second.Address.Port, "second.test")];
        var moved = _second.ReceiveAsync();
        for (var i = 0; i < 500; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await _client.SendAsync("again", proxy.AddressOf());
            if (await Task.WhenAny(moved, _first.ReceiveAsync()) == moved)
                break;
        }
        Assert.True(moved.IsCompletedSuccessfully);
        Assert.Equal(L4EndReason.DestinationMoved, (await proxy.NextRecordAsync()).EndReason);
    }

    private TestProxy Start() => TestProxy.Start(
        new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = "srv:_dns._udp.example.test" })) })),
            // What is asked is answered in real time, however fast the clock is turned.
            Dns = new L4Dns { Servers = [_names.EndPoint.ToString()], Timeout = TimeSpan.FromMinutes(1) },
        },
        services => services.AddSingleton<TimeProvider>(_time));
}
