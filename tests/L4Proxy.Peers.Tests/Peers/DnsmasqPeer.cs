using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>
/// dnsmasq as the resolver of one process: a loopback address of its own at port 53, since <c>resolv.conf</c> cannot name a
/// port, and a <c>resolv.conf</c> that names it.
/// </summary>
internal sealed class DnsmasqPeer : Peer
{
    private DnsmasqPeer(TempDirectory directory, RunningProgram program, string address)
        : base(directory, program)
    {
        Address = address;
        ResolvConfPath = directory.Write("resolv.conf", $"nameserver {address}\n");
    }

    public string Address { get; }

    /// <summary>To be bound over <c>/etc/resolv.conf</c> of a process, in a mount namespace of its own.</summary>
    public string ResolvConfPath { get; }

    /// <summary>Its log of every query.</summary>
    public OutputLines Log => Program.Error;

    /// <summary>Starts it with <paramref name="records"/> of the kind <c>name,address</c>; other names do not exist.</summary>
    public static Task<DnsmasqPeer> StartAsync(CancellationToken cancellation, params string[] records) => StartAtAsync(NextAddress(), cancellation, records);

    /// <summary>An address for one.</summary>
    public static string NextAddress() => $"127.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(1, 255)}.{Random.Shared.Next(2, 255)}";

    /// <summary>The same at an address.</summary>
    public static Task<DnsmasqPeer> StartAtAsync(string address, CancellationToken cancellation, params string[] records) =>
        StartAsync(address, [.. records.Select(record => $"--host-record={record}")], cancellation);

    /// <summary>Starts it with the hosts files of a directory, which it watches.</summary>
    public static Task<DnsmasqPeer> StartOverAsync(string hostsDirectory, CancellationToken cancellation) => StartAsync(NextAddress(), [$"--hostsdir={hostsDirectory}"], cancellation);

    private static async Task<DnsmasqPeer> StartAsync(string address, string[] options, CancellationToken cancellation)
    {
        Installed.RequireRoot("dnsmasq listens at port 53 of an address of its own");
        Installed.Require("dnsmasq");
        var directory = new TempDirectory();
        var program = RunningProgram.Start("dnsmasq",
            ["--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--log-facility=-", "--log-queries",
             "--no-resolv", "--no-hosts", "--local=//", "--bind-interfaces", "--listen-address=" + address, .. options]);
        await program.Error.WaitForAsync("started", RunningProgram.UsualDeadline, cancellation);
        return new(directory, program, address);
    }
}
