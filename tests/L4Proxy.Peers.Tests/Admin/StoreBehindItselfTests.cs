using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Admin;

/// <summary>Gateways whose PostgreSQL is behind an endpoint of L4Proxy: their own, or another one's. What leads to the store has to be there before the store is.</summary>
[Trait("Runs", "Once")]
public sealed class StoreBehindItselfTests
{
    // Its own connections to the store end with it: it does not wait for them until ShutdownTimeout, which is 25 seconds.
    private static readonly TimeSpan s_stopped = TimeSpan.FromSeconds(8);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gateway_starts_from_its_file_and_its_copy_and_catches_up_when_its_own_endpoint_listens()
    {
        await using var echo = new EchoBackend();
        await using var database = await PostgresPeer.StartAsync(Cancellation);
        var (door, port, later) = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());
        var file = $$"""
            {
              "Endpoints": { "door": { "Url": "tcp://127.0.0.1:{{door}}" }, "t": { "Url": "tcp://127.0.0.1:{{port}}" }, "u": { "Url": "tcp://127.0.0.1:{{later}}" } },
              "Routes": { "door": { "Endpoints": ["door"], "ClusterId": "door" } },
              "Clusters": { "door": { "Destinations": { "a": { "Address": "127.0.0.1:{{database.Port}}" } } } }
            }
            """;
        // Another gateway, which has the same endpoints at other ports and sees the store itself.
        await using var direct = await AdminGateway.StartAsync(
            StoreAt(database.Port), Cancellation,
            l4: $$"""{ "Endpoints": { "t": { "Url": "tcp://127.0.0.1:{{FreePorts.Next()}}" }, "u": { "Url": "tcp://127.0.0.1:{{FreePorts.Next()}}" } } }""");
        var gateway = await AdminGateway.StartAsync(StoreAt(door), Cancellation, l4: file);
        try
        {
            await CatchesUpAsync(gateway, direct);
            await gateway.DoAsync("PUT", "owners/tenant/state", RouteOf("t", echo.Port));
            await CatchesUpAsync(direct, gateway);
            Assert.Equal("a", await AskAsync(port, "a"));

            await StopAsync(gateway);
            // Nobody listens at the door, and what is written now it cannot know when it starts.
            await direct.DoAsync("PUT", "owners/other/state", RouteOf("u", echo.Port));
            gateway = await StartAgainAsync(gateway, door, file);
            Assert.Equal("b", await AskAsync(port, "b"));
            await CatchesUpAsync(gateway, direct);
            await Eventually.IsAsync("what was written meanwhile is served", () => IsServedAsync(later), RunningProgram.UsualDeadline, Cancellation);

            Signal.Kill(gateway.Process.Id);
            gateway = await StartAgainAsync(gateway, door, file);
            Assert.Equal("c", await AskAsync(port, "c"));
            await CatchesUpAsync(gateway, direct);
            await Eventually.IsAsync("all of it is served", () => IsServedAsync(later), RunningProgram.UsualDeadline, Cancellation);
            await gateway.DoAsync("DELETE", "routes/u?owner=other");
            await CatchesUpAsync(direct, gateway);
            await StopAsync(gateway);
        }
        finally
        {
            await gateway.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_way_to_the_store_may_be_in_the_store_itself_and_outlives_who_opened_it()
    {
        await using var echo = new EchoBackend();
        await using var database = await PostgresPeer.StartAsync(Cancellation);
        var (door, port) = (FreePorts.Next(), FreePorts.Next());
        // The first to start has nothing: the door is another one's, which is not there yet.
        var gateway = await AdminGateway.StartAsync(StoreAt(door), Cancellation);
        try
        {
            Assert.False(await gateway.SeesStoreAsync());
            var opener = await AdminGateway.StartAsync(StoreAt(database.Port), Cancellation);
            try
            {
                await opener.DoAsync("PUT", "owners/doors/state", State("door", door, database.Port));
                await opener.DoAsync("PUT", "owners/tenant/state", State("t", port, echo.Port));
                await CatchesUpAsync(gateway, opener);
                Signal.Kill(opener.Process.Id);
            }
            finally
            {
                await opener.DisposeAsync();
            }

            // Its own door is the only one now.
            await Eventually.IsAsync("it is at the store by its own door", async () => await gateway.SeesStoreAsync() && await CanWriteAsync(gateway, "by-itself"), RunningProgram.UsualDeadline, Cancellation);
            Assert.Equal("a", await AskAsync(port, "a"));
            await StopAsync(gateway);

            gateway = await StartAgainAsync(gateway, door, "{ }");
            Assert.Equal("b", await AskAsync(port, "b"));
            await Eventually.IsAsync("it is there again", async () => await gateway.SeesStoreAsync() && await CanWriteAsync(gateway, "again"), RunningProgram.UsualDeadline, Cancellation);
            await using var direct = await AdminGateway.StartAsync(StoreAt(database.Port), Cancellation);
            await CatchesUpAsync(direct, gateway);
            await direct.DoAsync("DELETE", "clusters/again");
            await CatchesUpAsync(gateway, direct);
            await StopAsync(gateway);
        }
        finally
        {
            await gateway.DisposeAsync();
        }
    }

    /// <summary>Waits until one sees its store, and serves what the other does.</summary>
    private static Task CatchesUpAsync(AdminGateway gateway, AdminGateway other) => Eventually.IsAsync(
        "it has caught up", async () => await gateway.SeesStoreAsync() && await gateway.ServesAsync() == await other.ServesAsync(), RunningProgram.UsualDeadline, Cancellation);

    private static async Task<bool> CanWriteAsync(AdminGateway gateway, string cluster) =>
        (await gateway.SendAsync("PUT", $"clusters/{cluster}", """{ "destinations": { "a": { "address": "127.0.0.1:1" } } }""")).Status is HttpStatusCode.Created or HttpStatusCode.OK;

    private static async Task StopAsync(AdminGateway gateway)
    {
        var watch = Stopwatch.StartNew();
        var exitCode = await gateway.Process.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"stopped after {watch.Elapsed}");
        Assert.True(exitCode == 0 && watch.Elapsed < s_stopped, $"{exitCode} after {watch.Elapsed}\n{gateway.Process}");
    }

    /// <summary>Starts one that has ended with what it left behind.</summary>
    private static async Task<AdminGateway> StartAgainAsync(AdminGateway ended, int door, string file)
    {
        await ended.Process.StopAsync();
        var kept = ended.Process.CopyDirectory();
        await ended.DisposeAsync();
        return await AdminGateway.StartAsync(StoreAt(door), Cancellation, kept, file);
    }

    private static async Task<string> AskAsync(int port, string text)
    {
        using var client = await TcpClients.ConnectAsync(port, Cancellation);
        return await TcpClients.AskAsync(client, text, Cancellation);
    }

    /// <summary>Whether there is a route yet.</summary>
    private static async Task<bool> IsServedAsync(int port)
    {
        try
        {
            return await AskAsync(port, "x") == "x";
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Who is not led anywhere is reset, perhaps while it still connects.
            return false;
        }
    }

    private static string StoreAt(int port) => string.Create(CultureInfo.InvariantCulture, $"postgres:Host=127.0.0.1;Port={port};Username=postgres;Database=postgres");

    private static string RouteOf(string endpoint, int to) => $$"""
        {
          "endpoints": {},
          "routes": { "{{endpoint}}": { "endpoints": ["{{endpoint}}"], "clusterId": "{{endpoint}}" } },
          "clusters": { "{{endpoint}}": { "destinations": { "a": { "address": "127.0.0.1:{{to}}" } } } }
        }
        """;

    // All gateways of the test are on one machine.
    private static string State(string id, int port, int to) => $$"""
        {
          "endpoints": { "{{id}}": { "url": "tcp://127.0.0.1:{{port}}", "reusePort": true } },
          "routes": { "{{id}}": { "endpoints": ["{{id}}"], "clusterId": "{{id}}" } },
          "clusters": { "{{id}}": { "destinations": { "a": { "address": "127.0.0.1:{{to}}" } } } }
        }
        """;
}
