using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>As many connections as descriptors allow, coming and going; and more than they allow.</summary>
[Collection(TimedTests.Name)]
public sealed class ManyConnectionsTests
{
    // This process has the clients and the server: two descriptors a connection, like the gateway.
    private static readonly int s_pairs = Soak.IsOn ? Math.Min(9000, (OpenFiles() - 1500) / 2) : 1000;
    // Twice what so many pairs take: a managed heap that may grow grows, and what is resident then says nothing.
    private static readonly long s_heap = (32 << 20) + (2L * s_pairs * 6656);
    private static readonly TimeSpan s_duration = Soak.IsOn ? TimeSpan.FromMinutes(3) : TimeSpan.FromSeconds(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Churned_they_leave_no_descriptor_and_no_memory_behind()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(Json(port, echo.Port), Cancellation, environment:
            new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = s_heap.ToString("x", CultureInfo.InvariantCulture) });
        await ChurnAsync(await OpenAsync(port, 50), port, TimeSpan.FromSeconds(1));
        var atFirst = await SettledAsync(gateway, int.MaxValue);

        var clients = await OpenAsync(port, s_pairs);
        var full = new List<long> { await ManagedHeap.CollectAsync(gateway.Id, Cancellation) };
        var resident = new List<long> { await gateway.ResidentBytesAsync(Cancellation) };
        var turns = new List<int>();
        foreach (var duration in new[] { s_duration / 3, s_duration })
        {
            turns.Add(await ChurnAsync(clients, port, duration));
            await SettledAsync(gateway, atFirst + 64);
            clients = await OpenAsync(port, s_pairs);
            full.Add(await ManagedHeap.CollectAsync(gateway.Id, Cancellation));
            resident.Add(await gateway.ResidentBytesAsync(Cancellation));
        }

        Assert.True(gateway.OpenDescriptors() >= 2 * s_pairs);
        clients.ForEach(client => client.Dispose());
        // Pipes are pooled, and .NET opens a few as it goes.
        var atLast = await SettledAsync(gateway, atFirst + 64);
        var output = $"{s_pairs} pairs, {string.Join(" and ", turns)} turns: {atFirst} descriptors before, {atLast} after; "
            + string.Join(", then ", full.Zip(resident).Select(bytes => $"{bytes.First >> 10} KiB of objects, {bytes.Second >> 20} MiB resident"));
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(turns[1] > s_pairs / 10, output);
        // What is kept for the next ones comes in the first churn; a few bytes of each connection would be more than this in the second.
        Assert.True(full[2] - full[1] < (2 << 20), output);
        Assert.True(full[2] < full[0] + (8 << 20), output);
        // A hundred bytes a connection that no collector knows of.
        Assert.True(resident[2] < s_heap + (128 << 20), output);
    }

    [Fact]
    public async Task With_more_allowed_than_there_are_descriptors_for_those_that_are_there_flow_and_the_rest_waits()
    {
        const int Limit = 400;
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            // By itself it would not accept that many.
            Json(port, echo.Port, """ "MaxConnections": 10000, """), Cancellation, maxOpenFiles: Limit);
        var first = await OpenAsync(port, 20);

        var tooMany = new List<Socket>();
        for (var i = 0; i < Limit; i++)
            tooMany.Add(await TcpClients.ConnectAsync(port, Cancellation));
        await gateway.Log.WaitForAsync("10000 connections take 20000 descriptors, and this process may have 400", RunningProgram.UsualDeadline, Cancellation);
        await gateway.Log.WaitForAsync("wait in the backlog", RunningProgram.UsualDeadline, Cancellation);
        foreach (var client in first)
            Assert.Equal("still", await TcpClients.AskAsync(client, "still", Cancellation));

        tooMany.ForEach(client => client.Dispose());
        await Eventually.IsAsync("there is room again", async () =>
        {
            using var client = await TcpClients.ConnectAsync(port, Cancellation);
            return await TcpClients.AskAsync(client, "again", Cancellation) == "again";
        }, RunningProgram.UsualDeadline, Cancellation);
        foreach (var client in first)
            Assert.Equal("still", await TcpClients.AskAsync(client, "still", Cancellation));
        first.ForEach(client => client.Dispose());
    }

    private static string Json(int port, int to, string more = "") => GatewayJson.L4Only(
        $$"""
        {
          "AccessLog": { "Enabled": false }, {{more}}
          "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" } },
          "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "out" } },
          "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{to}}" } } } }
        }
        """);

    /// <summary>Connections that have had an answer.</summary>
    private static async Task<List<Socket>> OpenAsync(int port, int count)
    {
        var clients = new List<Socket>(count);
        foreach (var chunk in Enumerable.Range(0, count).Chunk(50))
            clients.AddRange(await Task.WhenAll(chunk.Select(_ => OpenAsync(port))));
        return clients;
    }

    private static async Task<Socket> OpenAsync(int port)
    {
        // Bound to nothing: among so many that have just ended the kernel takes long to find a free port to bind to.
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        Assert.Equal("hello", await TcpClients.AskAsync(client, "hello", Cancellation));
        return client;
    }

    /// <summary>Some end, in one way or another, and others come; at last all end.</summary>
    /// <returns>How many came.</returns>
    private static async Task<int> ChurnAsync(List<Socket> clients, int port, TimeSpan duration)
    {
        var turns = 0;
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < duration)
        {
            var turn = Enumerable.Range(0, 50).Select(_ => Random.Shared.Next(clients.Count)).Distinct().ToArray();
            foreach (var i in turn)
                End(clients[i]);
            var come = await Task.WhenAll(turn.Select(_ => OpenAsync(port)));
            for (var i = 0; i < turn.Length; i++)
                clients[turn[i]] = come[i];
            turns += turn.Length;
        }
        clients.ForEach(End);
        return turns;
    }

    private static void End(Socket client)
    {
        if (Random.Shared.Next(2) == 0)
            client.LingerState = new LingerOption(enable: true, seconds: 0); // RST
        else if (Random.Shared.Next(2) == 0)
            client.Shutdown(SocketShutdown.Send);
        client.Dispose();
    }

    /// <summary>How many descriptors the gateway has once it has closed what it is going to close, and that these are no more than so many.</summary>
    private static async Task<int> SettledAsync(GatewayProcess gateway, int most)
    {
        var last = 0;
        await Eventually.IsAsync($"no more than {most} descriptors", async () =>
        {
            (var before, last) = (last, gateway.OpenDescriptors());
            await Task.Delay(200, Cancellation);
            return last <= most && last == before;
        }, RunningProgram.UsualDeadline, Cancellation);
        return last;
    }

    private static int OpenFiles()
    {
        var line = File.ReadLines("/proc/self/limits").Single(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
    }
}
