using System.Text.Json;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests.Telemetry;

/// <summary>The Gateway writes its log as JSON where its file says so, and a record has its fields then.</summary>
[Trait("Runs", "Once")]
public sealed class JsonLogTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_record_is_an_object_with_its_fields()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            $$"""
            {
              "Logging": { "Console": { "FormatterName": "json" } },
              "L4Proxy": {
                "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" } },
                "Routes": { "all": { "ClusterId": "out" } },
                "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{echo.Port}}" } } } }
              }
            }
            """, Cancellation);
        using (var client = await TcpClients.ConnectAsync(port, Cancellation))
            Assert.Equal("hello", await TcpClients.AskAsync(client, "hello", Cancellation));

        using var line = JsonDocument.Parse(await gateway.Log.WaitForAsync("\"EventId\":200", RunningProgram.UsualDeadline, Cancellation));
        var state = line.RootElement.GetProperty("State");
        Assert.Equal(
            ("in", "all", 5L, $"127.0.0.1:{echo.Port}", 1),
            (state.GetProperty("Endpoint").GetString(), state.GetProperty("Route").GetString(), state.GetProperty("BytesUp").GetInt64(), state.GetProperty("DestinationAddress").GetString(), state.GetProperty("Tries").GetInt32()));
        Assert.InRange(state.GetProperty("ConnectedMs").GetDouble(), state.GetProperty("MatchedMs").GetDouble(), double.MaxValue);
    }
}
