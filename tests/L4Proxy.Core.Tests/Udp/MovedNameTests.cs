using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces.Quic;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>A destination's name leads to another address while a flow is there. The clock is the test's.</summary>
public sealed class MovedNameTests : IDisposable
{
    private static readonly IPAddress s_old = IPAddress.Parse("127.0.0.2");
    private static readonly IPAddress s_new = IPAddress.Parse("127.0.0.3");

    private readonly ManualTimeProvider _time = new();
    private readonly TestDatagrams _before = new(new IPEndPoint(s_old, 0));
    private readonly TestDatagrams _after;
    private readonly TestDatagrams _client = new();
    private volatile IPAddress[] _addresses = [s_old];

    public MovedNameTests() => _after = new(new IPEndPoint(s_new, _before.Address.Port));

    [Fact]
    public async Task A_flow_without_an_answer_from_the_old_address_goes_on_at_the_new_one()
    {
        await using var proxy = Start();
        await OpenAsync(proxy);
        _addresses = [s_new];
        await SendAsync(proxy, "to nobody");
        await _before.ExpectAsync("to nobody");
        await UntilMovedAsync(proxy);
        Assert.Equal(L4EndReason.DestinationMoved, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_flow_that_is_answered_stays()
    {
        await using var proxy = Start();
        var flow = await OpenAsync(proxy);
        _addresses = [s_new];
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(7));
            await SendAsync(proxy, $"{i}");
            Assert.Equal(flow, await _before.ExpectAsync($"{i}"));
            await _before.SendAsync("answer", flow);
            await _client.ExpectAsync("answer");
        }
    }

    [Fact]
    public async Task A_flow_whose_address_is_one_of_the_names_still_stays()
    {
        await using var proxy = Start();
        var flow = await OpenAsync(proxy);
        _addresses = [s_new, s_old];
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(7));
            await SendAsync(proxy, $"{i}");
            Assert.Equal(flow, await _before.ExpectAsync($"{i}"));
        }
    }

    [Fact]
    public async Task A_QUIC_client_is_not_led_back_to_the_old_address_by_an_id_of_its_server()
    {
        await using var proxy = Start(new L4Match { Protocols = ["quic"] });
        using var counts = new DatagramCounts(proxy);
        using var elsewhere = new TestDatagrams();
        await _client.SendAsync(QuicPackets.Named("rfc9001"), proxy.AddressOf());
        await _before.SendAsync(ServerPackets.Initial, (await _before.ReceiveAsync()).From);
        await _client.ReceiveAsync();
        // Another flow knows the id, and stays for a while.
        var datagram = ServerPackets.Short(ServerPackets.Id);
        await elsewhere.SendAsync(datagram, proxy.AddressOf());
        await counts.ExpectAsync("up", DatagramOutcome.Relayed, 2);
        _addresses = [s_new];
        for (var i = 0; i < 8 && counts["up", DatagramOutcome.NoRoute] == 0; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await _client.SendAsync(datagram, proxy.AddressOf());
            await counts.WaitForAsync("up", 3 + i);
        }
        Assert.Equal(1, counts["up", DatagramOutcome.NoRoute]);
        Assert.Equal(L4EndReason.DestinationMoved, (await proxy.NextRecordAsync()).EndReason);
    }

    public void Dispose()
    {
        _before.Dispose();
        _after.Dispose();
        _client.Dispose();
    }

    private TestProxy Start(L4Match? match = null)
    {
        AddressLookup lookup = _ => Task.FromResult(_addresses);
        var config = new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], Match = match, ClusterId = "up" })),
            Clusters = Map(("up", new L4Cluster { Destinations = Map(("d", new L4Destination { Address = $"name.test:{_before.Address.Port}" })) })),
        };
        return TestProxy.Start(config, services => services.AddSingleton(lookup).AddSingleton<TimeProvider>(_time));
    }

    private Task SendAsync(TestProxy proxy, string text) => _client.SendAsync(text, proxy.AddressOf());

    private async Task<EndPoint> OpenAsync(TestProxy proxy)
    {
        await SendAsync(proxy, "hello");
        var flow = await _before.ExpectAsync("hello");
        await _before.SendAsync("howdy", flow);
        await _client.ExpectAsync("howdy");
        return flow;
    }

    /// <summary>Sends every few seconds, as a client does that waits for an answer; within two minutes of its clock it must arrive.</summary>
    private async Task UntilMovedAsync(TestProxy proxy)
    {
        var arrived = _after.ReceiveAsync();
        for (var i = 0; i < 24; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await SendAsync(proxy, "again");
            if (await Task.WhenAny(arrived, _before.ReceiveAsync()) == arrived)
                return;
        }
        Assert.Fail("The flow stays where nobody answers.");
    }
}
