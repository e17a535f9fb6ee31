using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Direct;

[Trait("Runs", "Once")]
public sealed class DnsPeerTests
{
    [Theory]
    [InlineData("alpha.internal", "127.0.0.2")]
    [InlineData("beta.internal", "")]
    public async Task Dig_asks_dnsmasq(string name, string address)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var dnsmasq = await DnsmasqPeer.StartAsync(cancellation, "alpha.internal,127.0.0.2");

        var answer = await RunningProgram.RunAsync("dig", ["+short", $"@{dnsmasq.Address}", name], cancellation);

        Assert.Equal(address, answer.Succeeded());
    }
}
