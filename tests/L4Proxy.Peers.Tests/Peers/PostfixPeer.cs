using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>Postfix, which takes mail for nobody, and that in TLS alone. It runs as root only.</summary>
internal sealed class PostfixPeer : Peer
{
    private PostfixPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public static async Task<PostfixPeer> StartAsync(string name, ServerCertificate certificate, CancellationToken cancellation)
    {
        Installed.Require("postfix");
        Installed.RequireRoot("postfix has users of its own");
        var directory = new TempDirectory();
        (await RunningProgram.RunAsync("chmod", ["755", directory.Path], cancellation)).Succeeded();
        var port = FreePorts.Next();
        directory.Write("main.cf", $"""
            compatibility_level = 3.6
            queue_directory = {directory.File("queue")}
            data_directory = {directory.File("data")}
            inet_interfaces = 127.0.0.1
            myhostname = {name}
            mydestination =
            smtpd_tls_chain_files = {certificate.KeyPath}, {certificate.CertificatePath}
            smtpd_tls_security_level = encrypt
            maillog_file = /dev/stdout

            """);
        directory.Write("master.cf", $"""
            127.0.0.1:{port} inet n - n - - smtpd
            cleanup unix n - n - 0 cleanup
            rewrite unix - - n - - trivial-rewrite
            proxymap unix - - n - - proxymap
            anvil unix - - n - 1 anvil
            tlsmgr unix - - n 1000? 1 tlsmgr
            qmgr unix n - n 300 1 qmgr
            pickup unix n - n 60 1 pickup
            postlog unix-dgram n - n - 1 postlogd

            """);
        System.IO.Directory.CreateDirectory(directory.File("queue"));
        System.IO.Directory.CreateDirectory(directory.File("data"));
        (await RunningProgram.RunAsync("chown", ["postfix", directory.File("data")], cancellation)).Succeeded();
        // It makes the directories that the daemon needs.
        (await RunningProgram.RunAsync("postfix", ["-c", directory.Path, "check"], cancellation)).Succeeded();
        return new(directory, await StartAsync("/usr/lib/postfix/sbin/master", ["-c", directory.Path, "-d"], port, cancellation), port);
    }
}
