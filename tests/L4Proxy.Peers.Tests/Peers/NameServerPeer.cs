using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>dnsmasq at a port of 127.0.0.1, whose records change, and which may be gone for a while. What it says holds for a second.</summary>
internal sealed class NameServerPeer : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly int _port = FreePorts.Next();
    private RunningProgram? _program;

    private NameServerPeer(string hosts) => _directory.Write("hosts", hosts);

    /// <summary>As <c>Dns:Servers</c> has it.</summary>
    public string Address => $"127.0.0.1:{_port}";

    /// <summary>Its log of every query, since it was last started.</summary>
    public OutputLines Log => _program!.Error;

    /// <summary>Starts it.</summary>
    /// <param name="hosts">Lines of <c>address name</c>; other names below <c>internal</c> do not exist, and it refuses all else.</param>
    /// <param name="cancellation">Ends the wait for it.</param>
    /// <param name="services">Records of the kind <c>_name,target,port,priority,weight</c>.</param>
    public static async Task<NameServerPeer> StartAsync(string hosts, CancellationToken cancellation, params string[] services)
    {
        Installed.Require("dnsmasq");
        var peer = new NameServerPeer(hosts);
        await peer.StartAgainAsync(cancellation, services);
        return peer;
    }

    /// <summary>Other hosts from now on, without a gap.</summary>
    public async Task ChangeAsync(string hosts, CancellationToken cancellation)
    {
        _directory.Write("hosts", hosts);
        var read = Log.WaitForAsync("read ", RunningProgram.UsualDeadline, cancellation, count: 2);
        Signal.HangUp(_program!.Id);
        await read;
    }

    /// <summary>It is gone at once.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        Signal.Kill(_program!.Id);
        await _program.WaitForExitAsync(RunningProgram.UsualDeadline, cancellation);
        await _program.DisposeAsync();
    }

    /// <summary>It is back, with the same hosts.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation, params string[] services)
    {
        _program = RunningProgram.Start("dnsmasq",
            ["--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--log-facility=-", "--log-queries",
             "--no-resolv", "--no-hosts", "--local=/internal/", "--bind-interfaces", "--listen-address=127.0.0.1", $"--port={_port}",
             "--local-ttl=1", $"--addn-hosts={_directory.File("hosts")}", .. services.Select(service => $"--srv-host={service}")]);
        await _program.Error.WaitForAsync("read ", RunningProgram.UsualDeadline, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _program!.DisposeAsync();
        _directory.Dispose();
    }
}
