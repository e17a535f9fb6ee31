using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>Redis in memory.</summary>
internal sealed class RedisPeer : Peer
{
    private RedisPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public static async Task<RedisPeer> StartAsync(CancellationToken cancellation)
    {
        Installed.Require("redis-server");
        var directory = new TempDirectory();
        var port = LoopbackPorts.Next();
        var program = await StartAsync("redis-server",
            ["--bind", "127.0.0.1", "--port", $"{port}", "--dir", directory.Path, "--save", "", "--appendonly", "no"],
            port, cancellation);
        return new(directory, program, port);
    }
}
