using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Admin;

/// <summary>PostgreSQL on another host, behind a firewall that begins to drop what one gateway of two sends: connections are half open, and nobody says so.</summary>
[Trait("Runs", "Once")]
public sealed class FirewalledStoreTests
{
    // Documented: it is noticed within ten seconds. The rest is for a busy machine.
    private static readonly TimeSpan s_noticed = TimeSpan.FromSeconds(20);

    // The longest pause between two attempts, one that the rule still swallowed, and the next one.
    private static readonly TimeSpan s_found = TimeSpan.FromSeconds(25);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_cut_off_serves_on_writes_nothing_says_so_and_catches_up()
    {
        using var host = NetworkNamespace.Create(211);
        await CutAsync(host, IPAddress.Parse("10.231.211.3"), outage: TimeSpan.Zero, times: 1);
    }

    [Fact]
    public async Task So_it_is_again_and_again_and_for_long()
    {
        Assert.SkipUnless(Soak.IsOn, "takes minutes; ./test.sh --soak runs it");
        using var host = NetworkNamespace.Create(212);
        await CutAsync(host, IPAddress.Parse("10.231.212.3"), outage: TimeSpan.FromSeconds(45), times: 4);
    }

    private static async Task CutAsync(NetworkNamespace host, IPAddress other, TimeSpan outage, int times)
    {
        host.AddAddressThere($"{other}/24");
        var firewall = await Firewall.CreateAsync(host);
        await using var database = await PostgresPeer.StartElsewhereAsync(host.There, host.Command, Cancellation);
        await using var echo = new EchoBackend();
        var (before, after, onePort, twoPort, livePort) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        await using var first = new NamedBackend("before", "127.0.0.1", before);
        await using var second = new NamedBackend("after", "127.0.0.1", after);
        await using var one = await AdminGateway.StartAsync(StoreAt(host.There, database.Port), Cancellation, l4: Listening(onePort, livePort));
        await using var two = await AdminGateway.StartAsync(StoreAt(other, database.Port), Cancellation, l4: Listening(twoPort, FreePorts.Next()));
        await one.DoAsync("PUT", "owners/tenant/state", State(before, echo.Port));
        await Eventually.IsAsync("the other has it", async () => await two.ServesAsync() == await one.ServesAsync(), s_found, Cancellation);
        using var live = await TcpClients.ConnectAsync(livePort, Cancellation);

        for (var time = 0; time < times; time++)
        {
            await two.DoAsync("PUT", "owners/tenant/state", State(before, echo.Port));
            await Eventually.IsAsync("both lead there", async () => await IsLedAsync(onePort, "before") && await IsLedAsync(twoPort, "before"), s_found, Cancellation);
            var served = await one.ServesAsync();

            await firewall.DropAsync(host.There);
            var cut = Stopwatch.StartNew();
            // Nobody has noticed yet.
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await WriteAsync(one));
            Assert.InRange(cut.Elapsed, TimeSpan.Zero, s_noticed);
            await Eventually.IsAsync("it is missed", async () => !await one.SeesStoreAsync(), s_noticed, Cancellation);
            Assert.InRange(cut.Elapsed, TimeSpan.Zero, s_noticed);
            TestContext.Current.TestOutputHelper?.WriteLine($"noticed after {cut.Elapsed}");

            // And now everybody knows: nobody waits for a timeout any longer.
            var known = Stopwatch.StartNew();
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await WriteAsync(one));
            Assert.InRange(known.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
            await AssertSaysAsync(one, "degraded", isThere: false);
            await two.DoAsync("PUT", "owners/tenant/state", State(after, echo.Port));
            await Eventually.IsAsync("the other one is led on", () => IsLedAsync(twoPort, "after"), s_found, Cancellation);
            await LastAsync(outage - cut.Elapsed, () => IsLedAsync(onePort, "before"));
            Assert.Equal(served, await one.ServesAsync());

            Assert.Equal("still", await TcpClients.AskAsync(live, "still", Cancellation));

            await firewall.OpenAsync();
            var open = Stopwatch.StartNew();
            await Eventually.IsAsync("it is found", one.SeesStoreAsync, s_found, Cancellation);
            await Eventually.IsAsync("what the other wrote is served", () => IsLedAsync(onePort, "after"), s_found, Cancellation);
            TestContext.Current.TestOutputHelper?.WriteLine($"found after {open.Elapsed}");
            Assert.Equal(await two.ServesAsync(), await one.ServesAsync());
            await AssertSaysAsync(one, "ready", isThere: true);
            // What was refused was not made, not even by what the kernel sent once more.
            Assert.Equal(HttpStatusCode.NotFound, (await one.SendAsync("GET", "clusters/late")).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await two.SendAsync("GET", "clusters/late")).Status);
        }

        Assert.Equal("and still", await TcpClients.AskAsync(live, "and still", Cancellation));
        Assert.Equal(HttpStatusCode.Created, await WriteAsync(one));
        await Eventually.IsAsync("the other has it", async () => await two.ServesAsync() == await one.ServesAsync(), s_found, Cancellation);

        // Nor does its end wait for a store that is silent.
        await firewall.DropAsync(host.There);
        live.Dispose();
        Assert.Equal(0, await one.Process.StopAsync());
    }

    /// <summary>Looks again and again until some time is over.</summary>
    private static async Task LastAsync(TimeSpan rest, Func<Task<bool>> isSo)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        do
        {
            Assert.True(await isSo());
        }
        while (watch.Elapsed < rest && await timer.WaitForNextTickAsync(Cancellation));
    }

    private static async Task AssertSaysAsync(AdminGateway gateway, string ready, bool isThere)
    {
        var (status, text) = await gateway.SendAsync("GET", "/readyz");
        Assert.Equal(HttpStatusCode.OK, status);
        using var json = JsonDocument.Parse(text);
        Assert.Equal(ready, json.RootElement.GetProperty("status").GetString());
        Assert.Equal(!isThere, json.RootElement.TryGetProperty("store", out var said) && said.ValueKind == JsonValueKind.String);
        var store = (await gateway.DoAsync("GET", "status")).GetProperty("store");
        Assert.Equal(isThere, store.GetProperty("reachable").GetBoolean());
        Assert.Equal(isThere, !store.TryGetProperty("problem", out _));
    }

    private static async Task<HttpStatusCode> WriteAsync(AdminGateway gateway) =>
        (await gateway.SendAsync("PUT", "clusters/late", """{ "destinations": { "a": { "address": "127.0.0.1:1" } } }""")).Status;

    private static async Task<bool> IsLedAsync(int port, string to)
    {
        try
        {
            using var client = await TcpClients.ConnectAsync(port, Cancellation);
            return await TcpClients.ReadToEndAsync(client, Cancellation) == to;
        }
        catch (SocketException)
        {
            // Who is not led anywhere is reset, perhaps while it still connects.
            return false;
        }
    }

    private static string StoreAt(IPAddress address, int port) =>
        string.Create(CultureInfo.InvariantCulture, $"postgres:Host={address};Port={port};Username=postgres;Database=postgres");

    /// <summary>The endpoints are the gateway's own, as both are on one machine; where they lead, the store says.</summary>
    private static string Listening(int own, int live) =>
        $$"""{ "Endpoints": { "own": { "Url": "tcp://127.0.0.1:{{own}}" }, "live": { "Url": "tcp://127.0.0.1:{{live}}" } } }""";

    private static string State(int to, int echo) => $$"""
        {
          "endpoints": {},
          "routes": { "own": { "endpoints": ["own"], "clusterId": "own" }, "live": { "endpoints": ["live"], "clusterId": "live" } },
          "clusters": {
            "own": { "destinations": { "a": { "address": "127.0.0.1:{{to}}" } } },
            "live": { "destinations": { "a": { "address": "127.0.0.1:{{echo}}" } } }
          }
        }
        """;
}
