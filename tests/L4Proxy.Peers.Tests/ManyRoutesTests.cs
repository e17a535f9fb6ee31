using System.Diagnostics;
using System.Text;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>Ten thousand routes in FILE.</summary>
[Collection(TimedTests.Name)]
[Trait("Runs", "Once")]
public sealed class ManyRoutesTests
{
    private const int Routes = 10_000;

    // A rewrite for each: another program on the machine may take its time once, but hardly each time.
    private const string Prefixes = "xyz";

    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_within_a_second_of_the_rewrite_and_cost_no_connection()
    {
        await using var echo = new EchoBackend();
        await using var nginx = await NginxPeer.StartAsync(Cancellation, "n0.lacny.me");
        var (port, tlsPort) = (FreePorts.Next(), FreePorts.Next());
        await using var gateway = await GatewayProcess.StartAsync(
            Json(port, tlsPort, newPort: null, echo.Port, nginx.Port, 'n'), Cancellation);
        using var live = await TcpClients.ConnectAsync(port, Cancellation);
        Assert.Equal("before", await TcpClients.AskAsync(live, "before", Cancellation));

        var best = TimeSpan.MaxValue;
        for (var i = 0; i < Prefixes.Length; i++)
        {
            var newPort = FreePorts.Next();
            var took = await RewriteAsync(gateway, newPort, Json(port, tlsPort, newPort, echo.Port, nginx.Port, Prefixes[i]));
            best = took < best ? took : best;
        }

        Assert.True(best < Promised, $"It took {best}.\n{gateway}");
        Assert.Equal("after", await TcpClients.AskAsync(live, "after", Cancellation));
        Assert.Equal(nginx.Certificate.Sha256, await OpenSslClient.CertificateSha256Async($"{Prefixes[^1]}0.lacny.me", tlsPort, Cancellation));
        Assert.Equal(nginx.Certificate.Sha256,
            await OpenSslClient.CertificateSha256Async($"{Prefixes[^1]}{Routes - 1}.lacny.me", tlsPort, Cancellation));
    }

    private static async Task<TimeSpan> RewriteAsync(GatewayProcess gateway, int newPort, string json)
    {
        var watch = Stopwatch.StartNew();
        gateway.Rewrite(json, byRename: true);
        await Eventually.AcceptsAsync(newPort, RunningProgram.UsualDeadline, Cancellation);
        using var fresh = await TcpClients.ConnectAsync(newPort, Cancellation);
        Assert.Equal("new", await TcpClients.AskAsync(fresh, "new", Cancellation));
        watch.Stop();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"From rewriting FILE with {Routes} routes ({json.Length / 1024} KiB) to the first answer: {watch.ElapsedMilliseconds} ms");
        return watch.Elapsed;
    }

    private static string Json(int port, int tlsPort, int? newPort, int echoPort, int nginxPort, char prefix)
    {
        var routes = new StringBuilder();
        var clusters = new StringBuilder();
        for (var i = 0; i < Routes; i++)
        {
            routes.AppendLine(null, $$""", "r{{i}}": { "Endpoints": ["tls"], "Match": { "Sni": ["{{prefix}}{{i}}.lacny.me"] }, "ClusterId": "c{{i}}" }""");
            clusters.AppendLine(null, $$""", "c{{i}}": { "Destinations": { "a": { "Address": "127.0.0.1:{{nginxPort}}" } } }""");
        }

        var more = newPort is null ? "" : $$""", "new": { "Url": "tcp://127.0.0.1:{{newPort}}" }""";
        var plain = newPort is null ? "\"in\"" : "\"in\", \"new\"";
        return GatewayJson.L4Only(
            $$"""
            {
              "Endpoints": { "in": { "Url": "tcp://127.0.0.1:{{port}}" }, "tls": { "Url": "tcp://127.0.0.1:{{tlsPort}}" }{{more}} },
              "Routes": { "plain": { "Endpoints": [{{plain}}], "ClusterId": "echo" }{{routes}} },
              "Clusters": { "echo": { "Destinations": { "a": { "Address": "127.0.0.1:{{echoPort}}" } } }{{clusters}} }
            }
            """);
    }
}
