using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>OpenSSH's server with a host key of its own, and a user key that logs the current user in.</summary>
internal sealed class SshdPeer : Peer
{
    private const string PrivilegeSeparationDirectory = "/run/sshd";

    private SshdPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    /// <summary>The private key that it lets in.</summary>
    public string UserKeyPath => Directory.File("user");

    public static Task<SshdPeer> StartAsync(CancellationToken cancellation) => StartAsync(FreePorts.Next(), cancellation);

    public static async Task<SshdPeer> StartAsync(int port, CancellationToken cancellation)
    {
        var server = Installed.Require("sshd");
        if (Environment.IsPrivilegedProcess)
            System.IO.Directory.CreateDirectory(PrivilegeSeparationDirectory);

        var directory = new TempDirectory();
        foreach (var key in (string[])["host", "user"])
            (await RunningProgram.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", directory.File(key)], cancellation))
                .Succeeded();

        var configuration = directory.Write("sshd_config", Configuration(directory, port));
        return new(directory, await StartAsync(server, ["-D", "-e", "-f", configuration], port, cancellation), port);
    }

    private static string Configuration(TempDirectory directory, int port) =>
        $"""
        ListenAddress 127.0.0.1:{port}
        HostKey {directory.File("host")}
        AuthorizedKeysFile {directory.File("user.pub")}
        PermitRootLogin prohibit-password
        PasswordAuthentication no
        StrictModes no
        UsePAM no
        PidFile none

        """;
}
