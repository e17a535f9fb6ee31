using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Prefaces;
using L4Proxy.Core.Tests.Timing;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary><c>MaxConnections</c> and <c>Backup</c> of a destination, and hashing, on connections.</summary>
public sealed class FullDestinationTests : IDisposable
{
    private readonly TestUpstream _first = new();
    private readonly TestUpstream _second = new();

    [Fact]
    public async Task One_that_is_full_takes_the_next_when_one_has_ended()
    {
        await using var proxy = Start(first => first with { MaxConnections = 1 });
        using var one = await proxy.ConnectAsync();
        using var atFirst = await _first.AcceptAsync();
        using var two = await proxy.ConnectAsync();
        using var atSecond = await _second.AcceptAsync();
        // Until the proxy has seen that it is connected a reset is a refusal.
        await atFirst.SendAsync("here");
        await one.ExpectAsync("here");

        atFirst.Reset();
        await proxy.NextRecordAsync();
        using var three = await proxy.ConnectAsync();
        using var again = await _first.AcceptAsync();
        await again.SendAsync("here");
        await three.ExpectAsync("here");
    }

    [Fact]
    public async Task Where_all_are_full_the_client_is_reset_and_the_record_says_so()
    {
        await using var proxy = Start(first => first with { MaxConnections = 1 }, second => second with { MaxConnections = 1, Backup = true });
        using var one = await proxy.ConnectAsync();
        using var atFirst = await _first.AcceptAsync();
        using var two = await proxy.ConnectAsync();
        using var atSecond = await _second.AcceptAsync();
        using var three = await proxy.ConnectAsync();

        await three.ExpectResetAsync();
        Assert.Equal(L4EndReason.DestinationsFull, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task A_backup_serves_while_the_others_refuse()
    {
        var nowhere = TestUpstream.Nowhere();
        await using var proxy = TestProxy.Start(With(Cluster(nowhere, _second.Address), second => second with { Backup = true }));
        for (var i = 0; i < 3; i++)
        {
            using var client = await proxy.ConnectAsync();
            using var server = await _second.AcceptAsync();
            await server.SendAsync("here");
            await client.ExpectAsync("here");
        }
    }

    [Fact]
    public async Task A_reload_changes_how_many_there_may_be()
    {
        await using var proxy = Start(first => first with { MaxConnections = 1 });
        using var one = await proxy.ConnectAsync();
        using var atFirst = await _first.AcceptAsync();
        var applied = proxy.Log.WaitForAsync("ConfigApplied");
        proxy.Provider.Update(Config(first => first with { MaxConnections = 2 }));
        await applied;
        using var two = await proxy.ConnectAsync();
        using var again = await _first.AcceptAsync();
        using var three = await proxy.ConnectAsync();
        using var atSecond = await _second.AcceptAsync();
    }

    [Theory]
    [InlineData("Hash", L4HashOn.Sni)]
    [InlineData("Maglev", L4HashOn.Sni)]
    [InlineData("Hash", L4HashOn.MqttClientId)]
    public async Task A_name_stays_with_its_destination_whoever_has_it(string policy, L4HashOn on)
    {
        // The route itself needs no byte.
        await using var proxy = TestProxy.Start(
            Config() with { Clusters = Map(("up", Cluster(_first.Address, _second.Address) with { LoadBalancingPolicy = policy, HashOn = on })) });
        var at = new Dictionary<string, int>();
        Task<TestPeer>[] accepting = [_first.AcceptAsync(), _second.AcceptAsync()];
        for (var i = 0; i < 40; i++)
        {
            var name = $"n{i % 10}.example.com";
            var first = on == L4HashOn.Sni ? new HelloBuilder().WithServerName(name).Bytes() : Connect(name);
            using var client = await proxy.ConnectAsync();
            await client.SendAsync(first.AsMemory(0, 9));
            await client.SendAsync(first.AsMemory(9));
            var accepted = await Task.WhenAny(accepting);
            var index = Array.IndexOf(accepting, accepted);
            using var server = await accepted;
            accepting[index] = new[] { _first, _second }[index].AcceptAsync();
            Assert.Equal(first, await server.ReceiveAsync(first.Length));
            Assert.Equal(at.TryGetValue(name, out var before) ? before : index, index);
            at[name] = index;
        }
        Assert.Equal([0, 1], at.Values.Distinct().Order());
    }

    [Fact]
    public async Task Who_has_no_name_goes_by_address_at_once_or_in_time()
    {
        var time = new ManualTimeProvider();
        var config = Config() with { Clusters = Map(("up", Cluster(_first.Address) with { LoadBalancingPolicy = "Hash", HashOn = L4HashOn.MqttClientId })) };
        await using var proxy = TestProxy.Start(config, services => services.AddSingleton<TimeProvider>(time));
        using var other = await proxy.ConnectAsync();
        await other.SendAsync("SSH-2.0-x\r\n");
        using var atOnce = await _first.AcceptAsync();
        using var silent = await proxy.ConnectAsync();
        var accepting = _first.AcceptAsync();
        while (!accepting.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        using var inTime = await accepting;
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    private static byte[] Connect(string clientId) => [0x10, (byte)(12 + clientId.Length), 0, 4, .. "MQTT"u8, 4, 2, 0, 60, 0, (byte)clientId.Length, .. Encoding.ASCII.GetBytes(clientId)];

    private TestProxy Start(Func<L4Destination, L4Destination>? first = null, Func<L4Destination, L4Destination>? second = null) => TestProxy.Start(Config(first, second));

    private L4Config Config(Func<L4Destination, L4Destination>? first = null, Func<L4Destination, L4Destination>? second = null) =>
        With(Cluster(_first.Address, _second.Address), second, first);

    private L4Config With(L4Cluster cluster, Func<L4Destination, L4Destination>? second, Func<L4Destination, L4Destination>? first = null) => To(_first.Address) with
    {
        Clusters = Map(("up", cluster with
        {
            Destinations = Map(
                ("d0", first?.Invoke(cluster.Destinations!["d0"]) ?? cluster.Destinations!["d0"]),
                ("d1", second?.Invoke(cluster.Destinations["d1"]) ?? cluster.Destinations["d1"])),
        })),
    };
}
