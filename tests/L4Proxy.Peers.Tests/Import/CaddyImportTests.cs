using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Import;

/// <summary>What is printed of a Caddy's configuration runs.</summary>
[Trait("Runs", "Once")]
public sealed class CaddyImportTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "A1")]
    [Trait("Row", "A3")]
    public async Task An_agents_document_serves_a_broker()
    {
        await using var broker = await MosquittoPeer.StartAsync(Cancellation, "localhost");
        var port = FreePorts.Next();
        var imported = await GatewayProcess.RunAsync(
            $$"""
            { "admin": { "listen": "0.0.0.0:2019" }, "apps": { "http": { "servers": {} }, "layer4": { "servers": { "h2_broker_l4_0": {
              "listen": ["127.0.0.1:{{port}}"],
              "routes": [{ "@id": "h2_broker_l4_0_route", "handle": [{ "handler": "proxy", "upstreams": [{ "dial": ["127.0.0.1:{{broker.Port}}"] }] }] }] } } } } }
            """,
            ["--import", "FILE"], Cancellation);

        await using var gateway = await GatewayProcess.StartAsync(imported.Succeeded(), Cancellation);
        var client = new MosquittoClient(broker, port);
        await using var subscriber = await client.SubscribeAsync("reader", "news", qos: 1, count: 1, Cancellation);
        await client.PublishAsync("news", "hello", qos: 1, Cancellation);

        Assert.Equal("hello", (await subscriber.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation)).Succeeded());
        Assert.Contains("left out: admin", imported.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("listen=443")]
    public async Task What_is_nobodys_file_is_refused(string text)
    {
        var imported = await GatewayProcess.RunAsync(text, ["--import", "FILE"], Cancellation);

        Assert.Equal(2, imported.ExitCode);
        Assert.Contains("neither JSON nor options in braces, as Caddy's, nor has it blocks, as nginx's, nor sections, as HAProxy's", imported.Error, StringComparison.Ordinal);
    }

    /// <summary>Whose it is is told by its text: the file is always called the same.</summary>
    [Theory]
    [InlineData("# mine\nstream\n{ server { listen 127.0.0.1:7001; proxy_pass 127.0.0.1:7002; } }")]
    [InlineData("# mine\n  listen x # here\n  bind 127.0.0.1:7001\n  server s 127.0.0.1:7002\n")]
    [InlineData("""{ "apps": { "layer4": { "servers": { "s": { "listen": ["127.0.0.1:7001"], "routes": [{ "handle": [{ "handler": "proxy", "upstreams": [{ "dial": ["127.0.0.1:7002"] }] }] }] } } } } }""")]
    public async Task Whose_file_it_is_is_told_by_its_text(string text)
    {
        var imported = await GatewayProcess.RunAsync(text, ["--import", "FILE"], Cancellation);

        Assert.Contains("\"Url\": \"tcp://127.0.0.1:7001\"", imported.Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_carried_over_is_listed_and_is_no_success()
    {
        var imported = await GatewayProcess.RunAsync(
            """{ "apps": { "layer4": { "servers": { "s": { "listen": [":1"], "routes": [{ "handle": [{ "handler": "echo" }] }] } } } } }""", ["--import", "FILE"], Cancellation);

        Assert.Equal(1, imported.ExitCode);
        Assert.Contains("lost: apps.layer4.servers.s.routes[0].handle[0].handler: L4Proxy does not do what 'echo' does", imported.Error, StringComparison.Ordinal);
        Assert.Contains("\"Url\": \"tcp://*:1\"", imported.Output, StringComparison.Ordinal);
    }
}
