using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>MariaDB with an empty data directory of its own and a root user without a password.</summary>
internal sealed class MariaDbPeer : Peer
{
    private MariaDbPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public static async Task<MariaDbPeer> StartAsync(CancellationToken cancellation)
    {
        Installed.Require("mariadbd");
        var directory = new TempDirectory();
        var data = directory.File("data");
        string[] common = ["--no-defaults", $"--datadir={data}", $"--user={Environment.UserName}"];
        var install = await RunningProgram.RunAsync("mariadb-install-db",
            [.. common, "--auth-root-authentication-method=normal", "--skip-test-db"], cancellation, deadline: TimeSpan.FromMinutes(1));
        install.Succeeded();

        var port = FreePorts.Next();
        var program = await StartAsync("mariadbd",
            [.. common, "--bind-address=127.0.0.1", $"--port={port}", $"--socket={directory.File("socket")}",
             $"--pid-file={directory.File("pid")}"], port, cancellation);
        return new(directory, program, port);
    }
}
