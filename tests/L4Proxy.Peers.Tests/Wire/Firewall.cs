using System.Net;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>The firewall of another host. What it drops is gone, and nobody is told: neither a reset nor an ICMP message comes of it.</summary>
internal sealed class Firewall
{
    private const string Table = "inet l4proxy";

    private readonly NetworkNamespace _host;

    private Firewall(NetworkNamespace host) => _host = host;

    /// <summary>Puts one there that lets everything through, or skips the test where there is none to be had.</summary>
    public static async Task<Firewall> CreateAsync(NetworkNamespace host)
    {
        Installed.Require("nft");
        var made = new Firewall(host);
        await made.RunAsync(
            $$"""
            table {{Table}} {
              chain in { type filter hook input priority 0; policy accept; }
              chain out { type filter hook output priority 0; policy accept; }
            }
            """);
        return made;
    }

    /// <summary>From now on nothing goes to an address of the host, and nothing comes from it.</summary>
    public Task DropAsync(IPAddress address) => RunAsync($"add rule {Table} in ip daddr {address} drop\nadd rule {Table} out ip saddr {address} drop");

    /// <summary>Everything goes through again.</summary>
    public Task OpenAsync() => RunAsync($"flush table {Table}");

    private async Task RunAsync(string rules) => (await RunningProgram.RunAsync(
        _host.Command[0], [.. _host.Command[1..], Installed.Require("nft"), "-f", "-"], TestContext.Current.CancellationToken, rules)).Succeeded();
}
