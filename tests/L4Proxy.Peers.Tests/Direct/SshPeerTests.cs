using L4Proxy.Peers.Tests.Clients;
using L4Proxy.Peers.Tests.Peers;

namespace L4Proxy.Peers.Tests.Direct;

[Trait("Runs", "Once")]
public sealed class SshPeerTests
{
    [Fact]
    public async Task Ssh_runs_a_command_on_sshd()
    {
        await using var sshd = await SshdPeer.StartAsync(TestContext.Current.CancellationToken);

        var result = await SshClient.RunAsync(sshd, sshd.Port, "echo here", TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == 0, $"{result}\n{sshd}");
        Assert.Equal("here", result.Output);
    }
}
