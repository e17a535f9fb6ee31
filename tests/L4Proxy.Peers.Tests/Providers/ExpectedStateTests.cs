using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Providers;

/// <summary>A control plane that publishes what is to be routed, and the Gateway that asks it.</summary>
[Trait("Runs", "Once")]
[Trait("Row", "B5")]
public sealed class ExpectedStateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_expected_is_served_also_after_a_restart_while_nobody_answers()
    {
        await using var redis = await RedisPeer.StartAsync(Cancellation);
        var (first, second) = (FreePorts.Next(), FreePorts.Next());
        var port = FreePorts.Next();
        var gateway = await GatewayProcess.StartAsync(Json(port), Cancellation);
        // It asks again by itself when the control plane is there at last.
        var control = new ControlPlane(port) { Document = Document(("a", first)) };
        await Eventually.AcceptsAsync(first, RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal("PONG", await Redis(first));

        control.Document = Document(("b", second), ("a", first));
        Signal.HangUp(gateway.Id); // Now, and not in fifteen seconds.
        await Eventually.AcceptsAsync(second, RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal("PONG", await Redis(second));

        // The same in another order is nothing new; what cannot be used changes nothing.
        var listened = Listened();
        control.Document = Document(("a", first), ("b", second));
        Signal.HangUp(gateway.Id);
        await Eventually.IsAsync("it was asked", () => Task.FromResult(control.Asked >= 3), RunningProgram.UsualDeadline, Cancellation);
        control.Document = """{ "tcpRoutes": [{ "id": "a", "externalPort": 70000, "upstreams": ["x:1"] }] }""";
        Signal.HangUp(gateway.Id);
        await gateway.Log.WaitForAsync("tcpRoutes[0].externalPort", RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal(listened, Listened());
        Assert.Equal("PONG", await Redis(first));

        await control.DisposeAsync();
        var directory = gateway.CopyDirectory();
        await gateway.DisposeAsync();
        await using var again = await GatewayProcess.StartAsync(Json(port), Cancellation, directory: directory);
        Assert.Equal("PONG", await Redis(first));
        Assert.Equal("PONG", await Redis(second));

        int Listened() => gateway.Log.Text.Split("listens on").Length;
        Task<string> Redis(int at) => DatabaseClients.RedisAsync(at, Cancellation, "PING");
        string Document(params (string Id, int Port)[] routes) =>
            $$"""{ "serverName": "p", "traefik": { "tcpRoutes": [{{string.Join(',', routes.Select(route => $$"""{ "id": "{{route.Id}}", "externalPort": {{route.Port}}, "upstreams": ["127.0.0.1:{{redis.Port}}"] }"""))}}] } }""";
    }

    private static string Json(int control) =>
        $$"""{ "Gateway": { "ExpectedState": "http://127.0.0.1:{{control}}/api/v1/agent/expected-state" }, "L4Proxy": { "AccessLog": { "Enabled": false } } }""";
}
