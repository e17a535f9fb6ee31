using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>PostgreSQL with an empty cluster of its own. It refuses to run as root, so it runs as the user <c>postgres</c> then.</summary>
internal sealed class PostgresPeer : Peer
{
    private const string User = "postgres";

    private readonly (string Program, string[] Arguments) _command;

    private PostgresPeer(TempDirectory directory, RunningProgram program, int port, (string Program, string[] Arguments) command)
        : base(directory, program) => (Port, _command) = (port, command);

    public int Port { get; }

    /// <summary>Starts it again after <see cref="Peer.StopAsync"/>, with what it had.</summary>
    public async Task StartAgainAsync(CancellationToken cancellation)
    {
        await RestartAsync(_command.Program, _command.Arguments, Port, cancellation);
        await IsReadyAsync(Program, cancellation);
    }

    /// <summary>A server that lets everybody in; with a certificate, over TLS, and over TLS alone whoever is not <c>postgres</c>, by password (SCRAM).</summary>
    public static Task<PostgresPeer> StartAsync(CancellationToken cancellation, ServerCertificate? certificate = null) =>
        StartAsync(IPAddress.Loopback, [], certificate, cancellation);

    /// <summary>The same on another host, which lets in whoever reaches it.</summary>
    /// <param name="address">An address of it.</param>
    /// <param name="enter">The command that runs another one there.</param>
    /// <param name="cancellation">Ends the test.</param>
    public static Task<PostgresPeer> StartElsewhereAsync(IPAddress address, string[] enter, CancellationToken cancellation) =>
        StartAsync(address, enter, certificate: null, cancellation);

    private static async Task<PostgresPeer> StartAsync(IPAddress address, string[] enter, ServerCertificate? certificate, CancellationToken cancellation)
    {
        var (initdb, server) = (Installed.Require("initdb"), Installed.Require("postgres"));
        var directory = new TempDirectory();
        if (Environment.IsPrivilegedProcess)
            (await RunningProgram.RunAsync("chown", [User, directory.Path], cancellation)).Succeeded();

        var data = directory.File("data");
        (await RunAsUserAsync([initdb, "-D", data, "-U", User, "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8"], cancellation))
            .Succeeded();

        string[] tls = certificate is null ? [] : await TlsAsync(directory, data, certificate, cancellation);
        if (enter.Length > 0)
            await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"), "host all all all trust\n", cancellation);
        var port = FreePorts.Next();
        var (program, arguments) = AsUser([server, "-D", data, "-p", $"{port}", "-c", $"listen_addresses={(enter.Length > 0 ? "*" : address)}",
            "-c", $"unix_socket_directories={directory.Path}", "-c", "fsync=off", .. tls]);
        if (enter.Length > 0)
            (program, arguments) = (enter[0], [.. enter[1..], program, .. arguments]);
        var running = await StartAsync(program, arguments, port, cancellation, address);
        await IsReadyAsync(running, cancellation);
        return new(directory, running, port, (program, arguments));
    }

    // It listens before it lets anybody in; a standby is ready for reading alone.
    private static Task<string> IsReadyAsync(RunningProgram server, CancellationToken cancellation) => server.Error.WaitForAsync("ready to accept", RunningProgram.UsualDeadline, cancellation);

    /// <summary>It takes no key that others can read, and none of others.</summary>
    private static async Task<string[]> TlsAsync(TempDirectory directory, string data, ServerCertificate certificate, CancellationToken cancellation)
    {
        var key = directory.File("server.key");
        string[] owner = Environment.IsPrivilegedProcess ? ["-o", User, "-g", User] : [];
        (await RunningProgram.RunAsync("install", ["-m", "600", .. owner, certificate.KeyPath, key], cancellation)).Succeeded();
        var chain = directory.File("server.crt");
        (await RunningProgram.RunAsync("install", ["-m", "644", .. owner, certificate.CertificatePath, chain], cancellation)).Succeeded();
        await File.WriteAllTextAsync(Path.Combine(data, "pg_hba.conf"),
            $"host all {User} all trust\nhostssl all all all scram-sha-256\n", cancellation);
        return ["-c", "ssl=on", "-c", $"ssl_cert_file={chain}", "-c", $"ssl_key_file={key}"];
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
