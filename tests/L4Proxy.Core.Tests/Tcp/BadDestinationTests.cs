using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Destinations;
using Microsoft.Extensions.DependencyInjection;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>One test a row of docs/bad-destinations.md: alone, and beside a healthy destination that comes second.</summary>
public sealed class BadDestinationTests : IDisposable
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(100);

    /// <summary>Moved only where the proxy waits for it: what takes no time at all is over though it stands.</summary>
    private readonly ManualTimeProvider _time = new();
    private readonly TestUpstream _bad = new();
    private readonly TestUpstream _healthy = new();

    [Theory, InlineData(false), InlineData(true)]
    public async Task Nothing_listens_there(bool beside)
    {
        await using var proxy = Start(beside, TestUpstream.Nowhere());
        // Alone it is in the pauses that there is something to wait for.
        await (beside ? ServedAsync(proxy) : CutAsync(proxy, L4EndReason.ConnectRefused, TimeSpan.FromSeconds(2), waits: bad => bad.Active == 0));
        ExpectAttempts(proxy, beside ? 1 : 3);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Packets_to_it_are_lost(bool beside)
    {
        using var cable = NetworkNamespace.Create(beside ? 181 : 182);
        using var lost = cable.Enter(() => new TestUpstream(new IPEndPoint(cable.There, 0)));
        cable.Lose();
        await using var proxy = Start(beside, lost.Address);
        var begun = _time.GetTimestamp();
        await (beside ? ServedAsync(proxy, waits: Waits) : CutAsync(proxy, L4EndReason.ConnectTimeout, TimeSpan.FromSeconds(5), Waits));
        ExpectAttempts(proxy, 1);
        if (!beside)
            return;
        // Who comes next does not wait.
        await ServedAsync(proxy);
        ExpectAttempts(proxy, 1);

        // No further than the dial's time: it is held against it for a second only, and the proxy's thread may be slow to note it.
        bool Waits(DestinationState bad) => bad.Active > 0 && _time.GetElapsedTime(begun) < TimeSpan.FromSeconds(5.5);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Nobody_has_its_address(bool beside)
    {
        using var cable = NetworkNamespace.Create(beside ? 183 : 184);
        var bytes = cable.There.GetAddressBytes();
        bytes[3] = 77;
        await using var proxy = Start(beside, new IPEndPoint(new IPAddress(bytes), 9), cluster => cluster with { Retry = new() { MaxAttempts = beside ? 2 : 1 } });
        // The kernel asks three times who has it, a second apart. That is its own clock.
        await (beside ? ServedAsync(proxy) : CutAsync(proxy, L4EndReason.ConnectUnreachable));
        ExpectAttempts(proxy, 1);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task There_is_no_such_Unix_socket(bool beside)
    {
        await using var proxy = Start(beside, new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"l4{Guid.NewGuid():N}.sock")));
        await (beside ? ServedAsync(proxy) : CutAsync(proxy, L4EndReason.ConnectRefused, TimeSpan.FromSeconds(2), waits: bad => bad.Active == 0));
        ExpectAttempts(proxy, beside ? 1 : 3);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_accepts_and_never_answers(bool beside)
    {
        await using var proxy = Start(beside, _bad.Address);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("hello");
        using var server = await _bad.AcceptAsync();
        await server.ExpectAsync("hello");
        await client.ExpectResetInTimeAsync(_time);
        await ExpectRecordAsync(proxy, L4EndReason.IdleTimeout, "d0", TimeSpan.FromMinutes(10));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_resets_at_the_first_byte(bool beside)
    {
        await using var proxy = Start(beside, _bad.Address);
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("hello");
        using var server = await _bad.AcceptAsync();
        await server.ExpectAsync("hello");
        server.Reset();
        await client.ExpectResetAsync();
        await ExpectRecordAsync(proxy, L4EndReason.UpstreamReset, "d0");
    }

    /// <summary>Whether the reset comes before the proxy has seen that it is connected is the kernel's affair.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task It_resets_as_soon_as_it_has_accepted(bool beside)
    {
        await using var proxy = Start(beside, _bad.Address);
        using var stop = new CancellationTokenSource();
        var resetting = ResetAllAsync(stop.Token);
        var accepting = _healthy.AcceptUntilAsync(stop.Token);
        for (var i = 0; i < 20; i++)
        {
            using var client = await proxy.ConnectAsync();
            var record = proxy.NextRecordAsync();
            while (!record.IsCompleted && !accepting.IsCompletedSuccessfully)
            {
                if (!beside && Bad(proxy).Active == 0)
                    _time.Advance(s_step);
                await Task.Yield();
            }
            if (!record.IsCompleted)
                client.Reset();
            else
                await client.ExpectResetAsync();
            var ended = await record;
            Assert.True((ended.EndReason, ended.Destination) is (L4EndReason.UpstreamReset, "d0") or (L4EndReason.ConnectRefused, null) or (L4EndReason.ClientReset, "d1"), $"{ended.EndReason} at {ended.Destination}");
            Assert.True(beside ? ended.EndReason != L4EndReason.ConnectRefused : ended.EndReason != L4EndReason.ClientReset);
            if (accepting.IsCompletedSuccessfully)
            {
                (await accepting).Dispose();
                accepting = _healthy.AcceptUntilAsync(stop.Token);
            }
        }
        await stop.CancelAsync();
        await resetting;

        async Task ResetAllAsync(CancellationToken cancellation)
        {
            try
            {
                for (;;)
                    (await _bad.AcceptUntilAsync(cancellation)).Reset();
            }
            catch (OperationCanceledException)
            {
                // Enough.
            }
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_closes_as_soon_as_it_has_accepted(bool beside)
    {
        await using var proxy = Start(beside, _bad.Address);
        using var client = await proxy.ConnectAsync();
        using (await _bad.AcceptAsync())
        {
            // Closed by the end of the block: nothing is unread.
        }
        await client.ExpectFinAsync();
        client.HalfClose();
        await ExpectRecordAsync(proxy, L4EndReason.Completed, "d0");
    }

    [Theory, InlineData(false), InlineData(true)]
    public Task Its_certificate_has_expired(bool beside) => ShowsAsync(TestAuthority.Known.Issue("localhost", daysLeft: -1), beside, "NotTimeValid");

    [Theory, InlineData(false), InlineData(true)]
    public Task Its_certificate_is_for_another_name(bool beside) => ShowsAsync(TestAuthority.Known.Issue("other.example.com"), beside, "RemoteCertificateNameMismatch");

    [Theory, InlineData(false), InlineData(true)]
    public Task Its_certificate_is_of_an_authority_that_nobody_knows(bool beside) => ShowsAsync(TestAuthority.Unknown.Issue("localhost"), beside, "PartialChain");

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_speaks_plain_text_where_TLS_is_wanted(bool beside)
    {
        await using var proxy = StartTls(beside);
        await TlsFailsAsync(proxy, beside, "It is not TLS", async () =>
        {
            var server = await _bad.AcceptAsync();
            await server.SendAsync("220 ready\r\n");
            return server;
        });
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_closes_in_the_handshake(bool beside)
    {
        await using var proxy = StartTls(beside);
        await TlsFailsAsync(proxy, beside, "closed during the handshake", async () =>
        {
            var server = await _bad.AcceptAsync();
            server.HalfClose();
            return server;
        });
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_never_answers_in_the_handshake(bool beside)
    {
        await using var proxy = StartTls(beside);
        var cut = beside ? Task.CompletedTask : CutAsync(proxy, L4EndReason.UpstreamTlsTimeout, TimeSpan.FromSeconds(10), waits: _ => false);
        var served = beside ? ServedAsync(proxy, tls: true) : Task.CompletedTask;
        using var server = await _bad.AcceptAsync();
        await server.ReceiveAsync(5);
        while (Bad(proxy).Active > 0)
        {
            _time.Advance(s_step);
            await Task.Yield();
        }
        await Task.WhenAll(cut, served);
        ExpectAttempts(proxy, 1);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task It_does_not_want_the_PROXY_header(bool readsAll, bool beside)
    {
        await using var proxy = Start(beside, _bad.Address, cluster => cluster with { ProxyProtocol = new() { Version = L4ProxyProtocolVersion.V2 } });
        using var client = await proxy.ConnectAsync();
        using (var server = await _bad.AcceptAsync())
            await server.ReceiveAsync(readsAll ? 28 : 12);
        if (readsAll)
        {
            await client.ExpectFinAsync();
            client.HalfClose();
            await ExpectRecordAsync(proxy, L4EndReason.Completed, "d0");
        }
        else
        {
            // Closing with the rest unread is a reset.
            await client.ExpectResetAsync();
            await ExpectRecordAsync(proxy, L4EndReason.UpstreamReset, "d0");
        }
    }

    /// <summary>Two ports for whatever connects from here, and the third connection to the same address gets none.</summary>
    [Theory, InlineData(false), InlineData(true)]
    public async Task No_port_is_left_to_dial_it_from(bool beside)
    {
        if (Environment.GetEnvironmentVariable("L4PROXY_TRANSPORT") == "Managed")
            Assert.Skip("the managed transport dials on threads that are not the namespace's");
        using var cable = NetworkNamespace.Create(beside ? 187 : 188);
        using var bad = cable.Enter(() => new TestUpstream(new IPEndPoint(cable.There, 0)));
        using var healthy = cable.Enter(() => new TestUpstream(new IPEndPoint(cable.There, 0)));
        await using var proxy = cable.Enter(() =>
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_local_port_range", "40000 40001");
            return TestProxy.Start(
                To(bad.Address) with
                {
                    Endpoints = Map(("in", new L4Endpoint { Url = $"tcp://{cable.There}:7000" })),
                    // However far the clock is moved meanwhile, those that have the ports keep them.
                    Clusters = Map(("up", (beside ? Cluster(bad.Address, healthy.Address) : Cluster(bad.Address)) with { Timeouts = new() { Idle = TimeSpan.Zero } })),
                }, WithTime);
        });
        using var one = await proxy.ConnectAsync();
        using var two = await proxy.ConnectAsync();
        using var first = await bad.AcceptAsync();
        using var second = await bad.AcceptAsync();
        if (beside)
        {
            using var client = await proxy.ConnectAsync();
            await client.SendAsync("hello");
            using var server = await healthy.AcceptAsync();
            await server.ExpectAsync("hello");
        }
        else
        {
            await CutAsync(proxy, L4EndReason.ConnectFailed, TimeSpan.FromSeconds(2), waits: state => state.Active == 2);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task It_has_as_many_connections_as_it_may(bool beside)
    {
        await using var proxy = Start(beside, _bad.Address, cluster => cluster with
        {
            Destinations = cluster.Destinations!.ToDictionary(pair => pair.Key, pair => pair.Key == "d0" ? pair.Value with { MaxConnections = 1 } : pair.Value),
        });
        using var first = await proxy.ConnectAsync();
        using var server = await _bad.AcceptAsync();
        await (beside ? ServedAsync(proxy) : CutAsync(proxy, L4EndReason.DestinationsFull));
        ExpectAttempts(proxy, 0);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task It_is_not_enabled_or_has_no_weight(bool enabled, bool beside)
    {
        await using var proxy = Start(beside, _bad.Address, cluster => cluster with
        {
            Destinations = cluster.Destinations!.ToDictionary(
                pair => pair.Key, pair => pair.Key == "d0" ? pair.Value with { Enabled = enabled, Weight = enabled ? 0 : 1 } : pair.Value),
        });
        await (beside ? ServedAsync(proxy) : CutAsync(proxy, L4EndReason.NoDestination));
        ExpectAttempts(proxy, 0);
    }

    public void Dispose()
    {
        _bad.Dispose();
        _healthy.Dispose();
    }

    private static DestinationState Bad(TestProxy proxy) => proxy.Server.Snapshot.Clusters["up"].Destinations[0].State;

    private static void ExpectAttempts(TestProxy proxy, int failed) =>
        Assert.Equal(failed, proxy.Log.Lines.Count(line => line.Contains(" ConnectFailed:", StringComparison.Ordinal)));

    private static async Task ExpectRecordAsync(TestProxy proxy, L4EndReason reason, string? destination, TimeSpan atLeast = default)
    {
        var record = await proxy.NextRecordAsync();
        Assert.Equal((reason, destination), (record.EndReason, record.Destination));
        Assert.True(record.Duration >= atLeast, $"after {record.Duration}");
        if (atLeast == default)
            Assert.Equal(TimeSpan.Zero, record.Duration);
    }

    private TestProxy Start(bool beside, EndPoint bad, Func<L4Cluster, L4Cluster>? change = null) => TestProxy.Start(Config(beside, bad, change), WithTime);

    private TestProxy StartTls(bool beside) => TlsProxy.Start(Config(beside, _bad.Address), upstream: new TestUpstreamTls(), configure: WithTime);

    private L4Config Config(bool beside, EndPoint bad, Func<L4Cluster, L4Cluster>? change = null)
    {
        var cluster = beside ? Cluster(bad, _healthy.Address) : Cluster(bad);
        return To(bad) with { Clusters = Map(("up", change?.Invoke(cluster) ?? cluster)) };
    }

    private void WithTime(IServiceCollection services) => services.AddSingleton<TimeProvider>(_time);

    /// <summary>The client is served by the healthy one and notices nothing but time.</summary>
    private async Task ServedAsync(TestProxy proxy, bool tls = false, Func<DestinationState, bool>? waits = null)
    {
        using var client = await proxy.ConnectAsync();
        await client.SendAsync("hello");
        var accepting = _healthy.AcceptAsync();
        await WaitAsync(proxy, accepting, waits);
        using var plain = await accepting;
        using var server = tls ? await TlsPeer.ServeAsync(plain) : null;
        await (server?.ExpectAsync("hello") ?? plain.ExpectAsync("hello"));
        await (server?.SendAsync("howdy") ?? plain.SendAsync("howdy"));
        await client.ExpectAsync("howdy");
        client.Reset();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.ClientReset, "d1"), (record.EndReason, record.Destination));
    }

    /// <summary>The client is reset, and not before so much time is over; where none is, the clock stands still.</summary>
    private async Task CutAsync(TestProxy proxy, L4EndReason reason, TimeSpan atLeast = default, Func<DestinationState, bool>? waits = null)
    {
        using var client = await proxy.ConnectAsync();
        var reset = client.ExpectResetAsync();
        await WaitAsync(proxy, reset, waits);
        await reset;
        await ExpectRecordAsync(proxy, reason, destination: null, atLeast);
    }

    private async Task WaitAsync(TestProxy proxy, Task until, Func<DestinationState, bool>? waits)
    {
        while (waits is not null && !until.IsCompleted)
        {
            if (waits(Bad(proxy)))
                _time.Advance(s_step);
            await Task.Yield();
        }
    }

    private async Task ShowsAsync(X509Certificate2 shown, bool beside, string detail)
    {
        using var certificate = shown;
        await using var proxy = StartTls(beside);
        await TlsFailsAsync(proxy, beside, detail, async () => (await TlsPeer.AcceptAsync(_bad, TlsPeer.Server(certificate))).Raw);
    }

    private async Task TlsFailsAsync(TestProxy proxy, bool beside, string detail, Func<Task<TestPeer>> serve)
    {
        var failed = proxy.Log.WaitForAsync("ConnectFailed");
        var serving = serve();
        await (beside ? ServedAsync(proxy, tls: true) : CutAsync(proxy, L4EndReason.UpstreamTlsFailed));
        using var server = await serving;
        Assert.Contains(detail, await failed, StringComparison.Ordinal);
        ExpectAttempts(proxy, 1);
    }
}
