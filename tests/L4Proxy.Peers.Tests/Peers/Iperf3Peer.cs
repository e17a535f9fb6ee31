using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>The iperf3 server: TCP for what the two say to each other and UDP for what is measured, on one port.</summary>
internal sealed class Iperf3Peer : Peer
{
    private Iperf3Peer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public static async Task<Iperf3Peer> StartAsync(CancellationToken cancellation)
    {
        Installed.Require("iperf3");
        var port = FreePorts.Next();
        // It serves one client at a time: to try whether it accepts would be a client.
        var program = RunningProgram.Start("iperf3", ["--server", "--bind", "127.0.0.1", "--port", $"{port}", "--forceflush"]);
        var server = new Iperf3Peer(new TempDirectory(), program, port);
        await program.Output.WaitForAsync("Server listening", RunningProgram.UsualDeadline, cancellation);
        return server;
    }
}
