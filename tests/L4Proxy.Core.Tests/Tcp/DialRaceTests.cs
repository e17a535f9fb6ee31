using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Transport;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A name with several addresses: which is dialled when, who wins, and what becomes of the others. Time is the test's.</summary>
public sealed class DialRaceTests : IDisposable
{
    private const string First = "[2001:db8::1]:80";
    private const string Second = "192.0.2.1:80";
    private const string Third = "[2001:db8::2]:80";

    private readonly TestUpstream _upstream = new();
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedDials _dials;

    public DialRaceTests() => _dials = new ScriptedDials(_upstream.Address);

    public void Dispose() => _upstream.Dispose();

    private TestProxy Start(Func<L4Cluster, L4Cluster>? change = null, params IEnumerable<IPAddress> addresses)
    {
        // The system's order: both of one family first.
        IPAddress[] known = addresses.Any() ? [.. addresses] : [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("2001:db8::2"), IPAddress.Parse("192.0.2.1")];
        var cluster = new L4Cluster
        {
            Destinations = Map(("a", new L4Destination { Address = "up.internal:80" })), Retry = new L4Retry { MaxAttempts = 1 },
        };
        AddressLookup lookup = _ => Task.FromResult(known);
        return TestProxy.Start(
            To(_upstream.Address) with { Clusters = Map(("up", (change ?? (same => same))(cluster))) },
            services => services.AddSingleton<TimeProvider>(_time).AddSingleton<SocketTransport>(_dials).AddSingleton(lookup));
    }

    /// <summary>Longer than the delay between two attempts, by the ticks of the coarse clock.</summary>
    private void PassDelay() => _time.Advance(TimeSpan.FromMilliseconds(450));

    [Fact]
    public async Task The_next_address_of_the_other_family_is_dialled_beside_one_that_hangs()
    {
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        var hangs = await _dials.NextAsync(First);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(1, _dials.Count);
        _time.Advance(TimeSpan.FromMilliseconds(201));
        var second = await _dials.NextAsync(Second);
        _time.Advance(TimeSpan.FromMilliseconds(249));
        Assert.Equal(2, _dials.Count);
        Assert.False(hangs.IsClosed);
        _time.Advance(TimeSpan.FromMilliseconds(201));
        await _dials.NextAsync(Third);
        await AnswerAsync(second, client);
    }

    [Fact]
    public async Task A_failure_has_the_next_dialled_at_once()
    {
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        var first = await _dials.NextAsync(First);
        first.Answer(TransportStatus.Reset);
        var second = await _dials.NextAsync(Second);
        second.Answer(TransportStatus.Unreachable);
        await AnswerAsync(await _dials.NextAsync(Third), client);
        await first.WaitClosedAsync();
        await second.WaitClosedAsync();
    }

    [Fact]
    public async Task The_first_answer_wins_and_the_others_are_closed_and_come_last_the_next_time()
    {
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        var slow = await _dials.NextAsync(First);
        PassDelay();
        var wins = await _dials.NextAsync(Second);
        PassDelay();
        var late = await _dials.NextAsync(Third);
        await AnswerAsync(wins, client);
        await slow.WaitClosedAsync();
        await late.WaitClosedAsync();
        Assert.False(wins.IsClosed);

        using var next = await proxy.ConnectAsync();
        var refuses = await _dials.NextAsync(Second);
        refuses.Answer(TransportStatus.Reset);
        // It was not tried before, only begun after the winner.
        await _dials.NextAsync(Third);
        PassDelay();
        await AnswerAsync(await _dials.NextAsync(First), next);
    }

    [Fact]
    public async Task An_answer_that_comes_after_the_winner_s_is_given_up()
    {
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        var slow = await _dials.NextAsync(First);
        PassDelay();
        await AnswerAsync(await _dials.NextAsync(Second), client);
        slow.Answer(TransportStatus.Ok);
        await slow.WaitClosedAsync();
        await client.SendAsync("still");
    }

    [Fact]
    public async Task Connect_is_the_time_of_all_addresses_together_and_those_that_hung_come_last()
    {
        await using var proxy = Start(cluster => cluster with { Timeouts = new L4Timeouts { Connect = TimeSpan.FromMilliseconds(600) } });
        using var client = await proxy.ConnectAsync();
        var first = await _dials.NextAsync(First);
        PassDelay();
        var second = await _dials.NextAsync(Second);
        // 600 ms and what a coarse clock adds to them; were they counted from the second address, 1050 at the least.
        _time.Advance(TimeSpan.FromMilliseconds(350));
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ConnectTimeout, (await proxy.NextRecordAsync()).EndReason);
        await first.WaitClosedAsync();
        await second.WaitClosedAsync();
        Assert.Equal(2, _dials.Count);

        using var next = await proxy.ConnectAsync();
        await AnswerAsync(await _dials.NextAsync(Third), next);
    }

    [Fact]
    public async Task A_shutdown_ends_all_that_are_dialled()
    {
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        var first = await _dials.NextAsync(First);
        PassDelay();
        var second = await _dials.NextAsync(Second);
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();
        await proxy.Server.StopAsync(hurry.Token);
        await first.WaitClosedAsync();
        await second.WaitClosedAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.Shutdown, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal(2, _dials.Count);
    }

    [Fact]
    public async Task All_refuse_and_the_client_is_told_at_once()
    {
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        foreach (var endPoint in (string[])[First, Second, Third])
            (await _dials.NextAsync(endPoint)).Answer(TransportStatus.Reset);
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ConnectRefused, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task No_descriptor_for_a_second_address_leaves_the_first_its_chance()
    {
        _dials.Descriptors = 1;
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        var first = await _dials.NextAsync(First);
        PassDelay();
        PassDelay();
        await AnswerAsync(first, client);
    }

    [Fact]
    public async Task Of_many_addresses_that_hang_no_more_than_eight_are_dialled_at_once_and_the_last_still_has_its_turn()
    {
        _dials.HoldsAborts = true;
        await using var proxy = Start(cluster => cluster, Enumerable.Range(1, 10).Select(i => IPAddress.Parse($"192.0.2.{i}")));
        using var client = await proxy.ConnectAsync();
        var dials = new List<ScriptedDials.Dial>();
        for (var i = 1; i <= 10; i++)
        {
            dials.Add(await _dials.NextAsync($"192.0.2.{i}:80"));
            PassDelay();
        }
        await dials[0].WaitClosedAsync();
        await dials[1].WaitClosedAsync();
        Assert.Equal(8, dials.Count(dial => !dial.IsClosed));
        await AnswerAsync(dials[9], client);
        foreach (var dial in dials[..9])
            await dial.WaitClosedAsync();
    }

    [Theory]
    [InlineData("up.internal:80", First)]
    [InlineData("192.0.2.1:80", Second)]
    public async Task Without_a_descriptor_a_connection_waits_and_no_destination_is_to_blame(string address, string dialled)
    {
        _dials.Descriptors = 0;
        await using var proxy = Start(cluster => cluster with
        {
            LoadBalancingPolicy = "First",
            Destinations = Map(("a", new L4Destination { Address = address }), ("b", new L4Destination { Address = "192.0.2.9:80" })),
            Retry = new L4Retry { MaxAttempts = 2 },
        });
        var timers = _time.ActiveTimers;
        var said = proxy.Log.WaitForAsync("NoDescriptor");
        using var client = await proxy.ConnectAsync();
        Assert.Contains("RLIMIT_NOFILE", await said, StringComparison.Ordinal);
        while (_time.ActiveTimers == timers)
            await Task.Yield(); // Until it waits.
        _dials.Descriptors = int.MaxValue;
        _time.Advance(TimeSpan.FromSeconds(1));
        await AnswerAsync(await _dials.NextAsync(dialled), client);
        Assert.DoesNotContain(proxy.Log.Lines, line => line.Contains("ConnectFailed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_descriptor_to_the_end_the_client_is_told()
    {
        _dials.Descriptors = 0;
        await using var proxy = Start();
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.ConnectFailed, (await proxy.NextRecordAsync()).EndReason);
    }

    [Theory]
    [InlineData("up.internal:80")]
    [InlineData("192.0.2.1:80")]
    public async Task A_fault_while_dialling_ends_the_connection_and_its_place_at_the_destination(string address)
    {
        _dials.Fault = new InvalidOperationException("A fault of the test's.");
        await using var proxy = Start(cluster => cluster with { Destinations = Map(("a", new L4Destination { Address = address })) });
        using var client = await proxy.ConnectAsync();
        await client.ExpectResetAsync();
        Assert.Equal(L4EndReason.InternalError, (await proxy.NextRecordAsync()).EndReason);
        Assert.Equal(0, proxy.Server.Snapshot.Clusters["up"].Destinations[0].State.Active);
        Assert.Contains(_dials.Fault.Message, Assert.Single(proxy.Log.Faults), StringComparison.Ordinal);
        proxy.Log.Faults.Clear();
    }

    [Fact]
    public async Task The_header_goes_to_the_winner_and_if_it_cannot_another_address_is_the_next_attempt()
    {
        await using var proxy = Start(cluster => cluster with
        {
            ProxyProtocol = new L4ProxyProtocolOut { Version = L4ProxyProtocolVersion.V1 }, Retry = new L4Retry { MaxAttempts = 2 },
        });
        using var client = await proxy.ConnectAsync();
        var first = await _dials.NextAsync(First);
        first.IsBroken = true;
        first.Answer(TransportStatus.Ok);
        var second = await _dials.NextAsync(Second);
        await first.WaitClosedAsync();
        using var broken = await _upstream.AcceptAsync();
        second.Answer(TransportStatus.Ok);
        using var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("PROXY TCP4 127.0.0.1 ");
    }

    /// <summary>The dial is answered, and the two can talk.</summary>
    private async Task AnswerAsync(ScriptedDials.Dial dial, TestPeer client)
    {
        dial.Answer(TransportStatus.Ok);
        using var server = await _upstream.AcceptAsync();
        await client.SendAsync("hello");
        await server.ExpectAsync("hello");
    }
}
