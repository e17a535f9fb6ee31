using System.Globalization;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests;

/// <summary>A gateway without a file, as a container has it.</summary>
[Trait("Runs", "Once")]
public sealed class EnvironmentTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_a_gateway_of_what_the_environment_says_and_of_nothing_else()
    {
        using var backend = new TcpListener(IPAddress.Loopback, 0);
        backend.Start();
        var (port, admin) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = GatewayProcess.StartWithoutFile(new Dictionary<string, string>
        {
            ["L4Proxy__Endpoints__mqtt__Url"] = $"tcp://127.0.0.1:{port}",
            ["L4Proxy__Routes__mqtt__ClusterId"] = "broker",
            ["L4Proxy__Clusters__broker__Destinations__a__Address"] = "service:_mqtt.broker",
            ["services__broker__mqtt__0"] = $"tcp://{backend.LocalEndpoint}",
            ["Gateway__Admin"] = $"http://127.0.0.1:{admin}",
        });
        await Eventually.AcceptsAsync(port, RunningProgram.UsualDeadline, () => gateway.HasExited, Cancellation);
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri($"http://127.0.0.1:{admin}/readyz"), Cancellation)).StatusCode);
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        using var reached = await backend.AcceptTcpClientAsync(Cancellation).AsTask().WaitAsync(RunningProgram.UsualDeadline, Cancellation);
        // Nor does Kestrel bind an address of its own accord.
        Assert.DoesNotContain(":5000", gateway.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_said_all_at_once_and_it_ends()
    {
        await using var gateway = GatewayProcess.StartWithoutFile(new Dictionary<string, string>
        {
            ["L4Proxy__Endpoints__mqtt__Url"] = string.Create(CultureInfo.InvariantCulture, $"tcp://127.0.0.1:{FreePorts.Next()}"),
            ["L4Proxy__Routes__mqtt__ClusterId"] = "nobody",
            ["L4Proxy__Routes__mqtt__Ordr"] = "1",
            ["Gateway__Admin"] = "http://example.com:2019/admin",
            ["Gateway__Stor"] = "sqlite:routes.db",
        });
        var ended = await gateway.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal(1, ended.ExitCode);
        Assert.Contains("L4Proxy:Routes:mqtt:ClusterId", ended.Error, StringComparison.Ordinal);
        Assert.Contains("Gateway:Admin", ended.Error, StringComparison.Ordinal);
        Assert.Contains("Gateway:Stor", ended.Error, StringComparison.Ordinal);
        Assert.Contains("L4Proxy:Routes:mqtt:Ordr", ended.Error, StringComparison.Ordinal);
    }
}
