using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>OpenLDAP's server with a certificate and nothing in it; StartTLS is its only way into TLS.</summary>
internal sealed class SlapdPeer : Peer
{
    private SlapdPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public static async Task<SlapdPeer> StartAsync(ServerCertificate certificate, CancellationToken cancellation)
    {
        Installed.Require("slapd");
        var directory = new TempDirectory();
        var port = FreePorts.Next();
        var config = directory.Write("slapd.conf", $"""
            include /etc/ldap/schema/core.schema
            TLSCertificateFile {certificate.CertificatePath}
            TLSCertificateKeyFile {certificate.KeyPath}
            pidfile {directory.File("slapd.pid")}
            database config

            """);
        // With -d it stays in the foreground.
        return new(directory, await StartAsync("slapd", ["-d", "0", "-h", $"ldap://127.0.0.1:{port}", "-f", config], port, cancellation), port);
    }
}
