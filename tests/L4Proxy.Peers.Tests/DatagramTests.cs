using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests;

/// <summary>UDP between real programs.</summary>
[Collection(TimedTests.Name)]
public sealed class DatagramTests
{
    private const string Name = "alpha.internal";
    private const string Address = "192.0.2.7";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "B1")]
    public async Task Dig_is_answered_over_UDP_and_over_TCP()
    {
        await using var dnsmasq = await DnsmasqPeer.StartAsync(Cancellation, $"{Name},{Address}");
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.UdpAndTcpPort(port, $"{dnsmasq.Address}:53"), Cancellation);

        foreach (var transport in (string[])["+notcp", "+tcp"])
        {
            var answer = await RunningProgram.RunAsync("dig", ["+short", transport, "-p", $"{port}", "@127.0.0.1", Name], Cancellation);
            Assert.Equal(Address, answer.Succeeded());
        }
    }

    [Fact]
    [Trait("Row", "B1")]
    public async Task Dnsperf_loses_none_of_10000_queries_from_50_sockets()
    {
        const int queries = 10_000;
        Installed.Require("dnsperf");
        await using var dnsmasq = await DnsmasqPeer.StartAsync(Cancellation, $"{Name},{Address}");
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.UdpAndTcpPort(port, $"{dnsmasq.Address}:53"), Cancellation);

        var report = (await RunningProgram.RunAsync("dnsperf",
            ["-s", "127.0.0.1", "-p", $"{port}", "-c", "50"], Cancellation,
            input: string.Concat(Enumerable.Repeat($"{Name} A\n", queries)), deadline: TimeSpan.FromMinutes(1))).Succeeded();

        Assert.Equal($"{queries}", Figure(report, "Queries sent"));
        Assert.Equal($"{queries}", Figure(report, "Queries completed"));
        Assert.Equal("0", Figure(report, "Queries lost"));
        Assert.Equal($"NOERROR {queries}", Figure(report, "Response codes"));
    }

    [Theory]
    [Trait("Row", "B1")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Iperf3_loses_no_datagram(bool downwards)
    {
        await using var iperf3 = await Iperf3Peer.StartAsync(Cancellation);
        var port = FreePorts.Next();
        await using var gateway = await GatewayProcess.StartAsync(GatewayJson.UdpAndTcpPort(port, $"127.0.0.1:{iperf3.Port}"), Cancellation);

        var (sent, lost) = await Iperf3Client.MeasureAsync(port, downwards, Cancellation);

        Assert.InRange(sent, 500, int.MaxValue);
        Assert.Equal(0, lost);
    }

    // "  Queries lost:         0 (0.00%)": what stands between the colon and the share.
    private static string Figure(string report, string label)
    {
        var line = report.Split('\n').Single(l => l.TrimStart().StartsWith($"{label}:", StringComparison.Ordinal));
        return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('(')[0].Trim();
    }
}
