using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

[Trait("Runs", "Once")]
public sealed class CommandLineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("--nonsense", "--nonsense")]
    [InlineData("--config", "FILE")]
    [InlineData("--check", "--config")]
    [InlineData("--explain", "--explain")]
    [InlineData("--import", "--import")]
    public async Task A_wrong_argument_is_named_and_the_usage_shown(string argument, string said)
    {
        var result = await GatewayProcess.RunAsync("{}", [argument], Cancellation);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains(said, result.Error, StringComparison.Ordinal);
        Assert.Contains("usage:", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        var result = await GatewayProcess.RunAsync("{}", ["--help"], Cancellation);

        Assert.StartsWith("usage:", result.Succeeded(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "gateway.json")]
    [InlineData("{ \"L4Proxy\": ", "gateway.json")]
    [InlineData("[]", "gateway.json")]
    public async Task A_file_that_is_missing_or_broken_is_named(string? json, string said)
    {
        foreach (var arguments in (string[][])[["--config", "FILE"], ["--config", "FILE", "--check"]])
        {
            var result = await GatewayProcess.RunAsync(json, arguments, Cancellation);

            Assert.Equal(2, result.ExitCode);
            Assert.Contains(said, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("tcp")]
    [InlineData("udp")]
    public async Task A_second_gateway_on_the_same_ports_does_not_start_and_says_why(string scheme)
    {
        var port = FreePorts.Next();
        var json = GatewayJson.OneRoute($$""" "Url": "{{scheme}}://127.0.0.1:{{port}}" """, GatewayJson.Cluster(FreePorts.Next()));
        await using var first = await GatewayProcess.StartAsync(json, Cancellation);

        var second = await GatewayProcess.RunAsync(json, ["--config", "FILE"], Cancellation);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"Endpoint 'in' cannot listen on {scheme}://127.0.0.1:{port}: Address already in use", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Ready: ", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_one_of_two_ports_is_taken_the_other_is_served_and_the_first_when_it_is_free()
    {
        await using var echo = new EchoBackend();
        var (taken, free) = (FreePorts.Next(), FreePorts.Next());
        await using var first = await GatewayProcess.StartAsync(GatewayJson.TcpPort(taken, echo.Port), Cancellation);
        await using var second = await GatewayProcess.StartAsync(GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "a": { "Url": "tcp://127.0.0.1:{{taken}}" }, "b": { "Url": "tcp://127.0.0.1:{{free}}" } },
              "Routes": { "all": { "ClusterId": "out" } },
              "Clusters": { "out": { {{GatewayJson.Cluster(echo.Port)}} } }
            }
            """), Cancellation);

        await second.Log.WaitForAsync($"Endpoint 'a' cannot listen on tcp://127.0.0.1:{taken}", RunningProgram.UsualDeadline, Cancellation);
        using (var client = await TcpClients.ConnectAsync(free, Cancellation))
            Assert.Equal("other", await TcpClients.AskAsync(client, "other", Cancellation));
        Assert.Equal(0, await first.StopAsync());
        await second.Log.WaitForAsync($"Endpoint 'a' listens on tcp://127.0.0.1:{taken}", RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task Only_what_FILE_names_is_listened_on()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{FreePorts.Next()}",
            ["Kestrel__Endpoints__Other__Url"] = $"http://127.0.0.1:{FreePorts.Next()}",
        };
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.TcpPort(port, echo.Port), Cancellation, environment: environment);

        var sockets = await RunningProgram.RunAsync("ss", ["-H", "-l", "-t", "-n", "-p"], Cancellation);

        var own = sockets.Succeeded().Split('\n').Where(line => line.Contains($"pid={gateway.Id},", StringComparison.Ordinal));
        // A socket for each reactor.
        Assert.Equal([$"127.0.0.1:{port}"], own.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3]).Distinct());
    }

    [Fact]
    public async Task Relative_paths_are_relative_to_FILE()
    {
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "own", "www.example.com");
        var relative = certificate with { CertificatePath = "own.crt", KeyPath = "own.key" };
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.SharedPort(port, relative, backend.Port, "{}"), Cancellation, directory: directory);

        Assert.Equal(certificate.Sha256, await OpenSslClient.CertificateSha256Async("www.example.com", port, Cancellation));
    }

    [Fact]
    public async Task A_termination_signal_lets_connections_finish_and_ends_well()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port), Cancellation);
        using var live = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("before", await TcpClients.AskAsync(live, "before", Cancellation));

        var stopping = gateway.StopAsync();
        await gateway.Log.WaitForAsync("Draining 1 connections", RunningProgram.UsualDeadline, Cancellation);
        Assert.False(await Eventually.CanConnectAsync(port, Cancellation));
        Assert.Equal("draining", await TcpClients.AskAsync(live, "draining", Cancellation));
        live.Dispose();

        Assert.Equal(0, await stopping);
    }
}
