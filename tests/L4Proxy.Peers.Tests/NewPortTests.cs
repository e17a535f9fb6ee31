using System.Diagnostics;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>A port that FILE names anew listens at once: no restart, nothing declared before.</summary>
[Collection(TimedTests.Name)]
public sealed class NewPortTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Row", "B3")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_port_accepts_within_a_second_of_the_rewrite(bool byRename)
    {
        await using var echo = new EchoBackend();
        var (port, newPort) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port), Cancellation);
        using var live = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("before", await TcpClients.AskAsync(live, "before", Cancellation));
        var json = GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" }, "new": { "Url": "tcp://127.0.0.1:{{newPort}}" } },
              "Routes": { "all": { "Endpoints": ["in", "new"], "ClusterId": "out" } },
              "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{echo.Port}}" } } } }
            }
            """);

        var watch = Stopwatch.StartNew();
        gateway.Rewrite(json, byRename);
        await Eventually.AcceptsAsync(newPort, RunningProgram.UsualDeadline, Cancellation);
        watch.Stop();

        TestContext.Current.TestOutputHelper?.WriteLine($"From rewriting FILE to accept: {watch.ElapsedMilliseconds} ms");
        Assert.True(watch.Elapsed < Promised, $"It took {watch.Elapsed}.\n{gateway}");
        using var fresh = await TcpClients.ConnectAsync(newPort, Cancellation);
        Assert.Equal("new", await TcpClients.AskAsync(fresh, "new", Cancellation));
        Assert.Equal("after", await TcpClients.AskAsync(live, "after", Cancellation));
    }
}
