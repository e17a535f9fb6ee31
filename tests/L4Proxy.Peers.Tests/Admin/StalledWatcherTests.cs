using System.Diagnostics;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Admin;

/// <summary>Watchers that ask for events and never read one: neither the gateway's memory nor its end hangs on them.</summary>
[Trait("Runs", "Once")]
[Collection(TimedTests.Name)]
public sealed class StalledWatcherTests
{
    private const int OfEach = 40;
    private const int Destinations = 500;

    // Its own timeout is 25 seconds, which no connection of L4Proxy's needs here.
    private static readonly TimeSpan s_stopped = TimeSpan.FromSeconds(8);

    // Documented: what is looked at once a second is told, and four looks are kept.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Many_events_cost_no_memory_for_those_who_never_read_and_the_end_does_not_wait_for_them()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await AdminGateway.StartAsync("sqlite:routes.db", Cancellation, l4: FileOf(port, echo.Port));
        var watchers = new List<StalledReader>();
        try
        {
            for (var i = 0; i < OfEach; i++)
            {
                watchers.Add(await StalledReader.AskAsync(gateway.Port, "/l4proxy/v1/events", Cancellation));
                watchers.Add(await StalledReader.AskAsync(gateway.Port, "/l4proxy/v1/connections?watch=true", Cancellation));
            }
            // All buffers fill; what comes afterwards is one too many.
            var rounds = 0;
            await Eventually.IsAsync("all of them are stalled", async () =>
            {
                await HappenAsync(gateway, port, rounds++);
                return rounds > 4 && await AreStalledAsync(watchers);
            }, RunningProgram.UsualDeadline * 2, Cancellation);
            var before = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation);

            // Each is some 60 KB for each of those who watch everything: were it kept, 15 MB in all, and 25 KB for each of the others.
            for (var more = 0; more < (Soak.IsOn ? 100 : 6); more++)
                await HappenAsync(gateway, port, rounds++);

            var after = await ManagedHeap.CollectAsync(gateway.Process.Id, Cancellation);
            TestContext.Current.TestOutputHelper?.WriteLine($"{before} bytes, then {after}");
            Assert.InRange(after - before, long.MinValue, 8 << 20);
            Assert.True(await AreStalledAsync(watchers));
            await StopAsync(gateway);
        }
        finally
        {
            watchers.ForEach(watcher => watcher.Dispose());
        }
    }

    [Fact]
    public async Task One_to_whom_little_more_is_owed_than_its_connection_takes_does_not_hold_up_the_end()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await AdminGateway.StartAsync("sqlite:routes.db", Cancellation, l4: FileOf(port, echo.Port));
        var clients = new List<Socket>();
        var watchers = new List<StalledReader>();
        try
        {
            // Some 57 KB: more than the kernel takes of it, which is 43 KB, and too little more for Kestrel to make the writer wait.
            for (var i = 0; i < 230; i++)
                clients.Add(await TcpClients.ConnectAsync(port, Cancellation));
            for (var i = 0; i < 10; i++)
                watchers.Add(await StalledReader.AskAsync(gateway.Port, "/l4proxy/v1/connections?watch=true", Cancellation));
            await Eventually.IsAsync("all of them are stalled", () => AreStalledAsync(watchers), RunningProgram.UsualDeadline, Cancellation);
            // Who has written all that there is waits for the next look by now.
            await LooksAsync(gateway, 3);
            clients.ForEach(client => client.Dispose());
            await StopAsync(gateway);
        }
        finally
        {
            watchers.ForEach(watcher => watcher.Dispose());
            clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>Something for everybody who watches: connections, and destinations that are another way than before.</summary>
    private static async Task HappenAsync(AdminGateway gateway, int port, int round)
    {
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(s_look + TimeSpan.FromMilliseconds(50));
        await gateway.DoAsync("PUT", "clusters/many", ManyOf(round % 2 == 0));
        for (var i = 0; i < 100; i++)
        {
            using var client = await TcpClients.ConnectAsync(port, Cancellation);
            Assert.Equal("x", await TcpClients.AskAsync(client, "x", Cancellation));
        }
        // The next look is to see it.
        if (Stopwatch.GetElapsedTime(begun) < s_look)
            await timer.WaitForNextTickAsync(Cancellation);
    }

    /// <summary>Waits until the gateway has looked so many times.</summary>
    private static async Task LooksAsync(AdminGateway gateway, int times)
    {
        using var http = new HttpClient();
        using var reader = new StreamReader(await http.GetStreamAsync(new Uri($"http://127.0.0.1:{gateway.Port}/l4proxy/v1/events"), Cancellation));
        while (times > 0)
        {
            if (await reader.ReadLineAsync(Cancellation).AsTask().WaitAsync(RunningProgram.UsualDeadline, Cancellation) == "event: connections")
                times--;
        }
    }

    private static async Task<bool> AreStalledAsync(List<StalledReader> watchers) => await CountStalledAsync(watchers) == watchers.Count;

    private static async Task<int> CountStalledAsync(List<StalledReader> watchers)
    {
        var stalled = 0;
        foreach (var watcher in watchers)
        {
            if (await watcher.PendingBytesAsync(Cancellation) > 0)
                stalled++;
        }
        return stalled;
    }

    private static async Task StopAsync(AdminGateway gateway)
    {
        var watch = Stopwatch.StartNew();
        var exitCode = await gateway.Process.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"stopped after {watch.Elapsed}");
        Assert.True(exitCode == 0 && watch.Elapsed < s_stopped, $"{exitCode} after {watch.Elapsed}\n{gateway.Process}");
    }

    private static string FileOf(int port, int to) => $$"""
        {
          "AccessLog": { "Sampling": 0 },
          "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" } },
          "Routes": { "in": { "Endpoints": ["in"], "ClusterId": "in" } },
          "Clusters": { "in": { "Destinations": { "a": { "Address": "127.0.0.1:{{to}}" } } } }
        }
        """;

    private static string ManyOf(bool isEnabled)
    {
        var destination = $$"""{ "address": "127.0.0.1:1", "enabled": {{(isEnabled ? "true" : "false")}} }""";
        return $$"""{ "destinations": { {{string.Join(", ", Enumerable.Range(0, Destinations).Select(i => $"\"destination-{i}\": {destination}"))}} } }""";
    }
}
