using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>Signals, as people know them from nginx and HAProxy.</summary>
public sealed class SignalTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SIGHUP_reads_FILE_again_says_what_came_of_it_and_cuts_nothing()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port), Cancellation);
        using var live = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("before", await TcpClients.AskAsync(live, "before", Cancellation));

        // Nothing has changed, and that it was read is said all the same.
        Signal.HangUp(gateway.Id);
        await gateway.Log.WaitForAsync("Configuration 2 is in force", RunningProgram.UsualDeadline, Cancellation);
        gateway.Rewrite("{ broken");
        Signal.HangUp(gateway.Id);
        await gateway.Log.WaitForAsync("Not valid JSON", RunningProgram.UsualDeadline, Cancellation);

        Assert.Equal("after", await TcpClients.AskAsync(live, "after", Cancellation));
        live.Dispose();
        Assert.Equal(0, await gateway.StopAsync());
    }

    [Fact]
    public async Task SIGHUP_reads_certificates_again()
    {
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "own", "www.example.com");
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(
            GatewayJson.OneRoute(GatewayJson.TlsEndpoint(port, certificate), GatewayJson.Cluster(backend.Port)), Cancellation, directory: directory);
        var other = ServerCertificate.Create(directory, "other", "www.example.com");
        File.Copy(other.KeyPath, certificate.KeyPath, overwrite: true);
        File.Copy(other.CertificatePath, certificate.CertificatePath, overwrite: true);

        Signal.HangUp(gateway.Id);

        await gateway.Log.WaitForAsync("was replaced", RunningProgram.UsualDeadline, Cancellation);
        await gateway.Log.WaitForAsync("Configuration 2 is in force", RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal(other.Sha256, await OpenSslClient.CertificateSha256Async("www.example.com", port, Cancellation));
    }

    [Fact]
    public async Task SIGHUP_does_not_end_the_demonstration()
    {
        await using var demonstration = GatewayProcess.StartWithoutFile();
        await demonstration.Output.WaitForAsync("Ctrl+C", RunningProgram.UsualDeadline, Cancellation);

        Signal.HangUp(demonstration.Id);

        await demonstration.Output.WaitForAsync("Configuration 2 is in force", RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal(0, await demonstration.StopAsync());
    }

    [Fact]
    public async Task A_second_termination_signal_cuts_what_is_left_and_says_so()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port), Cancellation);
        using var live = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("before", await TcpClients.AskAsync(live, "before", Cancellation));

        var watch = Stopwatch.StartNew();
        Signal.Terminate(gateway.Id);
        await gateway.Log.WaitForAsync("Draining 1 connections", RunningProgram.UsualDeadline, Cancellation);
        var ended = gateway.StopAsync();
        await gateway.Log.WaitForAsync("1 connections and 0 flows were cut: the host was hurried", RunningProgram.UsualDeadline, Cancellation);

        Assert.Equal(0, await ended);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        Assert.Contains("Shutdown", gateway.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_ends_when_asked_to_though_nobody_reads_its_console()
    {
        await using var echo = new EchoBackend();
        var port = FreePorts.Next();
        using var directory = new TempDirectory();
        // More lines than the pipe, .NET's console and our own queue hold together.
        const int lines = 12_000;
        var json = GatewayJson.L4Only(
            $$"""
            {
              "ShutdownTimeout": "00:00:01", "AccessLog": { "MaxPerSecond": 1000000 },
              "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}", "Firewall": { "Deny": ["127.0.0.2"] } } },
              "Routes": { "all": { "Endpoints": ["in"], "ClusterId": "out" } },
              "Clusters": { "out": { "Destinations": { "a": { "Address": "127.0.0.1:{{echo.Port}}" } } } }
            }
            """);
        using var gateway = GatewayProcess.StartUnread(json, directory);
        try
        {
            await Eventually.AcceptsAsync(port, RunningProgram.UsualDeadline, Cancellation);
            for (var i = 0; i < lines; i++)
                await KnockAsync(port);

            using var live = await TcpClients.ConnectAsync(port, Cancellation);
            Assert.Equal("still", await TcpClients.AskAsync(live, "still", Cancellation));
            Signal.Terminate(gateway.Id);

            await gateway.WaitForExitAsync(Cancellation).WaitAsync(TimeSpan.FromSeconds(20), Cancellation);
            Assert.Equal(0, gateway.ExitCode);
        }
        finally
        {
            if (!gateway.HasExited)
                gateway.Kill();
        }
    }

    /// <summary>Is not admitted, which is a line of the log.</summary>
    private static async Task KnockAsync(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, Cancellation);
        }
        catch (SocketException)
        {
            // It is turned away that fast.
        }
    }
}
