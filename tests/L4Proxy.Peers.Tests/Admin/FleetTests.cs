using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Admin;

/// <summary>Several gateways on one PostgreSQL.</summary>
[Trait("Runs", "Once")]
public sealed class FleetTests
{
    private static readonly TimeSpan s_promised = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Three_follow_each_other_and_outlive_the_database()
    {
        await using var echo = new EchoBackend();
        await using var database = await PostgresPeer.StartAsync(Cancellation);
        var store = $"postgres:Host=127.0.0.1;Port={database.Port};Username=postgres;Database=postgres";
        var directory = new TempDirectory();
        await using var one = await AdminGateway.StartAsync(store, Cancellation);
        await using var two = await AdminGateway.StartAsync(store, Cancellation);
        var three = await AdminGateway.StartAsync(store, Cancellation, directory);
        try
        {
            var port = FreePorts.Next();
            await one.DoAsync("PUT", "owners/tenant/state", State(port, echo.Port));
            var wanted = await one.ServesAsync();
            foreach (var other in new[] { two, three })
                await Eventually.IsAsync("the others have it", async () => await other.ServesAsync() == wanted, s_promised * 5, Cancellation);
            Assert.Equal("a", await AskAsync(port, "a"));

            await database.StopAsync();
            foreach (var gateway in new[] { one, two, three })
                await Eventually.IsAsync("it is missed", async () => !await gateway.SeesStoreAsync(), RunningProgram.UsualDeadline, Cancellation);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await two.SendAsync("DELETE", "routes/t?owner=tenant")).Status);
            Assert.Equal("b", await AskAsync(port, "b"));

            // Started without the database, it serves what it had.
            using var kept = directory.Copy();
            await three.DisposeAsync();
            three = await AdminGateway.StartAsync(store, Cancellation, kept);
            Assert.Equal(wanted, await three.ServesAsync());
            await one.Process.StopAsync();
            await two.Process.StopAsync();
            Assert.Equal("c", await AskAsync(port, "c"));

            await database.StartAgainAsync(Cancellation);
            await Eventually.IsAsync("it is found", three.SeesStoreAsync, RunningProgram.UsualDeadline, Cancellation);
            await three.DoAsync("PUT", "owners/tenant/state", "{}");
            await Eventually.IsAsync("it is gone", async () => !await Eventually.CanConnectAsync(port, Cancellation), RunningProgram.UsualDeadline, Cancellation);
        }
        finally
        {
            await three.DisposeAsync();
        }
    }

    [Fact]
    [Trait("Row", "C4")]
    public async Task What_was_put_survives_a_restart_in_a_file()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        var directory = new TempDirectory();
        await using (var first = await AdminGateway.StartAsync("sqlite:routes.db", Cancellation, directory))
        {
            await first.DoAsync("PUT", "owners/tenant/state", State(port, echo.Port));
            Assert.Equal("a", await AskAsync(port, "a"));
            directory = directory.Copy();
        }
        await using var second = await AdminGateway.StartAsync("sqlite:routes.db", Cancellation, directory);
        Assert.Equal("b", await AskAsync(port, "b"));
        Assert.Equal("the store sqlite:", (await second.DoAsync("GET", "routes/t")).GetProperty("source").GetString()![..17]);
    }

    private static async Task<string> AskAsync(int port, string text)
    {
        using var client = await TcpClients.ConnectAsync(port, Cancellation);
        return await TcpClients.AskAsync(client, text, Cancellation);
    }

    private static string State(int port, int to) => $$"""
        {
          "endpoints": { "t": { "url": "tcp://127.0.0.1:{{port}}", "reusePort": true } },
          "routes": { "t": { "endpoints": ["t"], "clusterId": "t" } },
          "clusters": { "t": { "destinations": { "a": { "address": "127.0.0.1:{{to}}" } } } }
        }
        """;
}
