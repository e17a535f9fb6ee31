using System.Text.RegularExpressions;
using L4Proxy.Peers.Tests.Gateways;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests;

/// <summary>What the first command of the README shows: each line that it prints to try is tried.</summary>
[Trait("Runs", "Once")]
public sealed partial class DemonstrationTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_line_it_prints_to_try_works()
    {
        Installed.Require("curl");
        Installed.Require("openssl");
        await using var demonstration = GatewayProcess.StartWithoutFile();
        await demonstration.Output.WaitForAsync("Ctrl+C", RunningProgram.UsualDeadline, Cancellation);
        var lines = CommandLine().Matches(demonstration.Output.Text).Select(match => match.Value.Trim()).ToList();

        var answers = new List<string>();
        foreach (var line in lines)
            answers.Add((await RunningProgram.RunAsync("bash", ["-c", line], Cancellation)).Output);

        Assert.Collection(answers,
            answer => Assert.StartsWith("The TLS backend itself, with its own certificate, in HTTP/2: you asked https://a.lacny.me:", answer, StringComparison.Ordinal),
            answer => Assert.Equal("subject=CN = a.lacny.me", answer),
            answer => Assert.StartsWith("The web backend, by way of YARP: you asked https://localhost:", answer, StringComparison.Ordinal),
            answer => Assert.StartsWith("The web backend, by way of YARP: you asked https://localhost:", answer, StringComparison.Ordinal),
            answer => Assert.Equal("subject=CN = localhost", answer),
            answer => Assert.StartsWith("SSH-2.0-", answer, StringComparison.Ordinal),
            answer => Assert.Equal("hello", answer));
        Assert.Equal(0, await demonstration.StopAsync());
    }

    [GeneratedRegex(@"^  (curl|openssl|echo) .*$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex CommandLine();
}
