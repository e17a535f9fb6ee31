using System.Net;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>A real server in a directory of its own; both are gone when it is disposed of.</summary>
internal abstract class Peer(TempDirectory directory, RunningProgram program) : IAsyncDisposable
{
    protected TempDirectory Directory { get; } = directory;

    protected RunningProgram Program { get; private set; } = program;

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        Directory.Dispose();
    }

    public override string ToString() => Program.ToString();

    /// <summary>Ends the server; what it keeps stays.</summary>
    public Task<int> StopAsync() => Program.StopAsync();

    /// <summary>Puts another process in the place of the one that has ended.</summary>
    protected async Task RestartAsync(string program, IEnumerable<string> arguments, int port, CancellationToken cancellation)
    {
        await Program.DisposeAsync();
        Program = await StartAsync(program, arguments, port, cancellation);
    }

    /// <summary>Starts a server and waits until it listens.</summary>
    protected static async Task<RunningProgram> StartAsync(string program, IEnumerable<string> arguments, int port,
        CancellationToken cancellation, IPAddress? address = null)
    {
        var running = RunningProgram.Start(program, arguments);
        await running.WaitUntilListeningAsync(port, cancellation, address);
        return running;
    }
}
