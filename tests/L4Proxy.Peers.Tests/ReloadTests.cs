using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>FILE changes while the gateway runs.</summary>
public sealed class ReloadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_new_port_and_a_new_route_come_while_a_live_connection_goes_on(bool byRename)
    {
        await using var sshd = await SshdPeer.StartAsync(Cancellation);
        await using var other = await NginxPeer.StartAsync(Cancellation, "b.other.me");
        await using var shared = await SharedPort.StartAsync(Cancellation, sshd.Port);
        await using var live = SshClient.Start(sshd, shared.Port, "cat");
        await SayAsync(live, "before");
        var newPort = FreePorts.Next();

        shared.Gateway.Rewrite(shared.Json(
            $$"""
            {
              "Endpoints": {
                "https": { "Kestrel": "Https" },
                "new": { "Url": "tcp://127.0.0.1:{{newPort}}" }
              },
              "Routes": {
                "lacny": { "Endpoints": ["https"], "Match": { "Sni": ["*.lacny.me"] }, "ClusterId": "nginx" },
                "other": { "Endpoints": ["https"], "Match": { "Sni": ["*.other.me"] }, "ClusterId": "other" },
                "ssh": { "Endpoints": ["https"], "Match": { "Protocols": ["ssh"] }, "ClusterId": "bastion" },
                "new": { "Endpoints": ["new"], "ClusterId": "nginx" }
              },
              "Clusters": {
                "nginx": { "Destinations": { "a": { "Address": "127.0.0.1:{{shared.Nginx.Port}}" } } },
                "other": { "Destinations": { "a": { "Address": "127.0.0.1:{{other.Port}}" } } },
                "bastion": { "Destinations": { "a": { "Address": "127.0.0.1:{{sshd.Port}}" } } }
              }
            }
            """), byRename);

        await Eventually.AcceptsAsync(newPort, RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal($"{NginxPeer.Answer(SharedPort.PassedThrough)} 2", await Curl.GetAsync(
            SharedPort.PassedThrough, newPort, shared.Nginx.Certificate.CertificatePath, Cancellation));
        Assert.Equal($"{NginxPeer.Answer("b.other.me")} 2", await Curl.GetAsync(
            "b.other.me", shared.Port, other.Certificate.CertificatePath, Cancellation));
        Assert.Equal($"{HttpBackend.Answer(SharedPort.Http)} 2", await Curl.GetAsync(
            SharedPort.Http, shared.Port, shared.OwnCertificate.CertificatePath, Cancellation));
        await SayAsync(live, "after");
        live.Input.Close();
        (await live.WaitForExitAsync(RunningProgram.UsualDeadline, Cancellation)).Succeeded();
    }

    [Fact]
    public async Task A_port_that_is_no_longer_named_is_closed()
    {
        await using var echo = new EchoBackend();
        var (port, newPort) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.TcpPort(port, echo.Port), Cancellation);

        gateway.Rewrite(GatewayJson.TcpPort(newPort, echo.Port));

        await Eventually.IsAsync("the old port refuses", async () => !await Eventually.CanConnectAsync(port, Cancellation),
            RunningProgram.UsualDeadline, Cancellation);
        await Eventually.AcceptsAsync(newPort, RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task Kestrels_endpoints_and_YARPs_routes_follow_FILE_too()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);
        await using var backend = await HttpBackend.StartAsync(Cancellation);
        var newPort = FreePorts.Next();

        shared.Gateway.Rewrite(GatewayJson.SharedPort(newPort, shared.OwnCertificate, backend.Port,
            """{ "Endpoints": { "https": { "Kestrel": "Https" } } }"""));

        await Eventually.AcceptsAsync(newPort, RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal($"{HttpBackend.Answer(SharedPort.Http)} 2", await Curl.GetAsync(
            SharedPort.Http, newPort, shared.OwnCertificate.CertificatePath, Cancellation));
    }

    [Fact]
    public async Task An_endpoint_of_Kestrels_and_the_L4_endpoint_that_shares_it_come_together()
    {
        await using var shared = await SharedPort.StartAsync(Cancellation);
        var newPort = FreePorts.Next();
        var json = GatewayJson.SharedPort(newPort, shared.OwnCertificate, shared.Backend.Port,
            $$"""
            {
              "Endpoints": { "secure": { "Kestrel": "Secure" } },
              "Routes": { "lacny": { "Endpoints": ["secure"], "Match": { "Sni": ["*.lacny.me"] }, "ClusterId": "nginx" } },
              "Clusters": { "nginx": { "Destinations": { "a": { "Address": "127.0.0.1:{{shared.Nginx.Port}}" } } } }
            }
            """);

        shared.Gateway.Rewrite(json.Replace("\"Https\"", "\"Secure\"", StringComparison.Ordinal));

        await shared.Gateway.Log.WaitForAsync("is in force", RunningProgram.UsualDeadline, Cancellation, count: 2);
        await Eventually.AcceptsAsync(newPort, RunningProgram.UsualDeadline, Cancellation);
        Assert.Equal($"{NginxPeer.Answer(SharedPort.PassedThrough)} 2", await Curl.GetAsync(
            SharedPort.PassedThrough, newPort, shared.Nginx.Certificate.CertificatePath, Cancellation));
        Assert.Equal($"{HttpBackend.Answer(SharedPort.Http)} 2", await Curl.GetAsync(
            SharedPort.Http, newPort, shared.OwnCertificate.CertificatePath, Cancellation));
        Assert.DoesNotContain("is not used", shared.Gateway.Log.Text, StringComparison.Ordinal);
    }

    private static async Task SayAsync(RunningProgram cat, string line)
    {
        await cat.Input.WriteLineAsync(line);
        await cat.Input.FlushAsync();
        await cat.Output.WaitForAsync(line, RunningProgram.UsualDeadline, Cancellation);
    }
}
