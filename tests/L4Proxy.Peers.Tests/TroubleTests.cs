using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>Ports in use and hosts that do not exist: said clearly, and trouble of one endpoint or route alone.</summary>
[Trait("Runs", "Once")]
public sealed class TroubleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_in_use_is_named_the_rest_serves_and_it_listens_once_the_port_is_free()
    {
        await using var echo = new EchoBackend();
        var (port, taken) = (FreePorts.Next(), FreePorts.Next());
        using var owner = new TcpListener(IPAddress.Loopback, taken);
        owner.Start();
        await using var gateway = await GatewayProcess.StartAsync(TwoPorts(port, taken, echo.Port, "127.0.0.1"), Cancellation);

        var said = await gateway.Log.WaitForAsync("cannot listen", RunningProgram.UsualDeadline, Cancellation);
        Assert.Contains("'second'", said, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.1:{taken}", said, StringComparison.Ordinal);
        using (var client = await TcpClients.ConnectAsync(port, Cancellation))
            Assert.Equal("first", await TcpClients.AskAsync(client, "first", Cancellation));

        owner.Stop();
        await Eventually.AcceptsAsync(taken, RunningProgram.UsualDeadline, Cancellation);
        using var second = await TcpClients.ConnectAsync(taken, Cancellation);
        Assert.Equal("second", await TcpClients.AskAsync(second, "second", Cancellation));
    }

    [Fact]
    public async Task A_port_of_Kestrels_in_use_ends_the_start_with_one_line()
    {
        using var owner = new TcpListener(IPAddress.Loopback, 0);
        owner.Start();
        var taken = ((IPEndPoint)owner.LocalEndpoint).Port;

        var result = await GatewayProcess.RunAsync(
            $$"""{ "Kestrel": { "Endpoints": { "Web": { "Url": "http://127.0.0.1:{{taken}}" } } } }""", ["--config", "FILE"], Cancellation);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"127.0.0.1:{taken}", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_does_not_exist_closes_its_own_connections_alone()
    {
        await using var echo = new EchoBackend();
        var (port, lost) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(TwoPorts(port, lost, echo.Port, "no-such-host.invalid"), Cancellation);

        using (var client = await TcpClients.ConnectAsync(lost, Cancellation))
            await TcpClients.WaitForEndAsync(client, Cancellation);

        await gateway.Log.WaitForAsync("no-such-host.invalid", RunningProgram.UsualDeadline, Cancellation);
        using var other = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("first", await TcpClients.AskAsync(other, "first", Cancellation));
    }

    [Fact]
    public async Task A_destination_that_refuses_closes_its_own_connections_alone()
    {
        await using var echo = new EchoBackend();
        var (port, lost) = (FreePorts.Next(), FreePorts.Next());
        // The second cluster is at another address of loopback, where nothing listens.
        await using var gateway = await GatewayProcess.StartAsync(TwoPorts(port, lost, echo.Port, "127.0.0.77"), Cancellation);

        using (var client = await TcpClients.ConnectAsync(lost, Cancellation))
            await TcpClients.WaitForEndAsync(client, Cancellation);

        await gateway.Log.WaitForAsync("ConnectRefused", RunningProgram.UsualDeadline, Cancellation);
        using var other = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("first", await TcpClients.AskAsync(other, "first", Cancellation));
    }

    private static string TwoPorts(int first, int second, int echoPort, string secondHost) => GatewayJson.L4Only(
        $$"""
        {
          "Endpoints": { "first": { "Url": "tcp://127.0.0.1:{{first}}" }, "second": { "Url": "tcp://127.0.0.1:{{second}}" } },
          "Routes": {
            "first": { "Endpoints": ["first"], "ClusterId": "first" },
            "second": { "Endpoints": ["second"], "ClusterId": "second" }
          },
          "Clusters": {
            "first": { "Destinations": { "a": { "Address": "127.0.0.1:{{echoPort}}" } } },
            "second": { "Destinations": { "a": { "Address": "{{secondHost}}:{{echoPort}}" } } }
          }
        }
        """);
}
