using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Storage.Tests.Postgres;

/// <summary>A PostgreSQL that follows another one.</summary>
internal sealed class StandbyServer : Peer
{
    private const string User = "postgres";

    private StandbyServer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public static async Task<StandbyServer> StartAsync(int primary, CancellationToken cancellation)
    {
        var (copy, server) = (Installed.Require("pg_basebackup"), Installed.Require("postgres"));
        var directory = new TempDirectory();
        if (Environment.IsPrivilegedProcess)
            (await RunningProgram.RunAsync("chown", [User, directory.Path], cancellation)).Succeeded();
        var data = directory.File("data");
        var (program, arguments) = AsUser([copy, "-h", "127.0.0.1", "-p", $"{primary}", "-U", User, "-D", data, "-R", "-X", "stream", "-c", "fast", "--no-sync"]);
        (await RunningProgram.RunAsync(program, arguments, cancellation)).Succeeded();
        var port = FreePorts.Next();
        (program, arguments) = AsUser([server, "-D", data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={directory.Path}", "-c", "fsync=off"]);
        return new(directory, await StartAsync(program, arguments, port, cancellation), port);
    }

    private static (string Program, string[] Arguments) AsUser(string[] command) => Environment.IsPrivilegedProcess
        ? ("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", .. command])
        : (command[0], command[1..]);
}
