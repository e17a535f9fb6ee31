using System.Text.RegularExpressions;
using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Peers.Tests.Wire;

namespace L4Proxy.Peers.Tests;

/// <summary>samples/MultiHop, which docs/multi-hop.md is about: an edge and an origin, two processes by one command.</summary>
[Trait("Runs", "Once")]
public sealed partial class MultiHopTests
{
    private const string Name = "www.example.com";

    /// <summary>Whom origin.json denies.</summary>
    private const string Denied = "127.0.0.66";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Row", "D6")]
    public async Task The_web_application_behind_edge_and_origin_is_told_who_the_client_is()
    {
        await using var hops = await MultiHopProcess.StartAsync(Cancellation);

        // By the origin's certificate: the edge has opened nothing.
        foreach (var version in (string[])["2", "1.1"])
            Assert.Equal($"HTTP/2 from 127.0.0.1, for {LoopbackAddresses.Client}, who asked https://{Name}:{hops.EdgePort}/ {version}",
                await Curl.GetAsync(Name, hops.EdgePort, hops.CertificatePath, Cancellation, $"--http{version}", LoopbackAddresses.Client));

        Assert.Equal(0, await hops.StopAsync());
    }

    [Fact]
    [Trait("Row", "D7")]
    public async Task The_origins_firewall_denies_a_client_that_only_the_edge_has_seen_and_the_web_application_hears_nothing()
    {
        await using var hops = await MultiHopProcess.StartAsync(Cancellation);

        var denied = await Curl.TryGetAsync(Name, hops.EdgePort, hops.CertificatePath, Cancellation, from: Denied);
        Assert.Contains("reset by peer", denied.Error, StringComparison.Ordinal);
        await Curl.GetAsync(Name, hops.EdgePort, hops.CertificatePath, Cancellation, from: LoopbackAddresses.Client);

        var record = await hops.Log.WaitForAsync("FirewallDenied", RunningProgram.UsualDeadline, Cancellation);
        Assert.Matches($"^origin .* {Regex.Escape(Denied)}:", record);
        Assert.Equal(0, await hops.StopAsync());
        var heard = Assert.Single(hops.Log.Text.Split('\n'), line => line.StartsWith("web ", StringComparison.Ordinal));
        Assert.Contains($" for {LoopbackAddresses.Client},", heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_comes_to_the_origin_without_the_edge_is_turned_away()
    {
        await using var hops = await MultiHopProcess.StartAsync(Cancellation);

        foreach (var from in (string[])["127.0.0.1", LoopbackAddresses.Client])
            Assert.NotEqual(0, (await Curl.TryGetAsync(Name, hops.OriginPort, hops.CertificatePath, Cancellation, from: from)).ExitCode);

        // The edge's own address is trusted, and says nothing.
        await hops.Log.WaitForAsync("ProxyHeaderMissing", RunningProgram.UsualDeadline, Cancellation);
        await hops.Log.WaitForAsync("ProxyHeaderUntrusted", RunningProgram.UsualDeadline, Cancellation);
    }

    [Fact]
    public async Task Every_line_it_prints_to_try_works()
    {
        Installed.Require("curl");
        await using var hops = await MultiHopProcess.StartAsync(Cancellation);
        var lines = CommandLine().Matches(hops.Log.Text).Select(match => match.Value.Trim()).ToList();

        var answers = new List<ProgramResult>();
        foreach (var line in lines)
            answers.Add(await RunningProgram.RunAsync("bash", ["-c", line], Cancellation));

        Assert.Collection(answers,
            answer => Assert.Contains(" for 127.0.0.1,", answer.Output, StringComparison.Ordinal),
            answer => Assert.Contains(" for 127.0.0.5,", answer.Output, StringComparison.Ordinal),
            answer => Assert.Contains(" for 127.0.0.1,", answer.Output, StringComparison.Ordinal),
            answer => Assert.Contains("reset by peer", answer.Error, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_one_of_the_two_is_killed_the_other_ends(bool edge)
    {
        await using var hops = await MultiHopProcess.StartAsync(Cancellation);

        Signal.Kill(edge ? hops.FindEdgeId() : hops.OriginId);

        Assert.NotEqual(0, (await hops.WaitForExitAsync(Cancellation)).ExitCode);
        Assert.False(await Eventually.CanConnectAsync(hops.EdgePort, Cancellation));
        Assert.False(await Eventually.CanConnectAsync(hops.OriginPort, Cancellation));
    }

    [GeneratedRegex("^  curl .*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex CommandLine();
}
