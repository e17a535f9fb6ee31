using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>Redis in memory.</summary>
internal sealed class RedisPeer : Peer
{
    private RedisPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public static Task<RedisPeer> StartAsync(CancellationToken cancellation) => StartAsync(FreePorts.Next(), cancellation);

    /// <summary>Starts it on a port, perhaps again.</summary>
    public static Task<RedisPeer> StartAsync(int port, CancellationToken cancellation) => StartAsync(port, ["--port", $"{port}"], cancellation);

    /// <summary>Starts it with TLS of its own, for clients with a certificate of <paramref name="clients"/> only.</summary>
    public static Task<RedisPeer> StartTlsAsync(ServerCertificate certificate, CertificateAuthority clients, CancellationToken cancellation)
    {
        var port = FreePorts.Next();
        return StartAsync(port,
            ["--port", "0", "--tls-port", $"{port}", "--tls-cert-file", certificate.CertificatePath, "--tls-key-file", certificate.KeyPath,
             "--tls-ca-cert-file", clients.ChainPath, "--tls-auth-clients", "yes"], cancellation);
    }

    private static async Task<RedisPeer> StartAsync(int port, string[] options, CancellationToken cancellation)
    {
        Installed.Require("redis-server");
        var directory = new TempDirectory();
        var program = await StartAsync("redis-server",
            ["--bind", "127.0.0.1", .. options, "--dir", directory.Path, "--save", "", "--appendonly", "no"],
            port, cancellation);
        return new(directory, program, port);
    }
}
