using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>PostgreSQL with an empty cluster of its own. It refuses to run as root, so it runs as the user <c>postgres</c> then.</summary>
internal sealed class PostgresPeer : Peer
{
    private const string User = "postgres";

    private PostgresPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public static async Task<PostgresPeer> StartAsync(CancellationToken cancellation)
    {
        var (initdb, server) = (Installed.Require("initdb"), Installed.Require("postgres"));
        var directory = new TempDirectory();
        if (Environment.IsPrivilegedProcess)
            (await RunningProgram.RunAsync("chown", [User, directory.Path], cancellation)).Succeeded();

        var data = directory.File("data");
        (await RunAsUserAsync([initdb, "-D", data, "-U", User, "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8"], cancellation))
            .Succeeded();

        var port = LoopbackPorts.Next();
        var (program, arguments) = AsUser([server, "-D", data, "-p", $"{port}", "-c", "listen_addresses=127.0.0.1",
            "-c", $"unix_socket_directories={directory.Path}", "-c", "fsync=off"]);
        return new(directory, await StartAsync(program, arguments, port, cancellation), port);
    }

    private static Task<ProgramResult> RunAsUserAsync(string[] command, CancellationToken cancellation)
    {
        var (program, arguments) = AsUser(command);
        return RunningProgram.RunAsync(program, arguments, cancellation, deadline: TimeSpan.FromMinutes(1));
    }

    // setpriv becomes the command, so that the process id stays the one that was started.
    private static (string Program, string[] Arguments) AsUser(string[] command) =>
        Environment.IsPrivilegedProcess
            ? ("setpriv", ["--reuid", User, "--regid", User, "--clear-groups", .. command])
            : (command[0], command[1..]);
}
