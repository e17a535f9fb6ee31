using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>The mosquitto broker, plain and with TLS, telling its log of every packet.</summary>
internal sealed class MosquittoPeer : Peer
{
    private MosquittoPeer(TempDirectory directory, RunningProgram program, int port, int tlsPort, ServerCertificate certificate)
        : base(directory, program)
    {
        Port = port;
        TlsPort = tlsPort;
        Certificate = certificate;
    }

    public int Port { get; }

    public int TlsPort { get; }

    public ServerCertificate Certificate { get; }

    /// <summary>Its log: <c>Sending SUBACK to …</c>, <c>Received PINGREQ from …</c>.</summary>
    public OutputLines Log => Program.Error;

    public static Task<MosquittoPeer> StartAsync(CancellationToken cancellation, params string[] names) => StartAsync(FreePorts.Next(), cancellation, names);

    public static async Task<MosquittoPeer> StartAsync(int port, CancellationToken cancellation, params string[] names)
    {
        Installed.Require("mosquitto");
        var directory = new TempDirectory();
        var certificate = ServerCertificate.Create(directory, "mosquitto", names);
        var tlsPort = FreePorts.Next();
        var configuration = directory.Write("mosquitto.conf", Configuration(certificate, port, tlsPort));
        var program = await StartAsync("mosquitto", ["-c", configuration], tlsPort, cancellation);
        await program.WaitUntilListeningAsync(port, cancellation);
        return new(directory, program, port, tlsPort, certificate);
    }

    // As root it would turn into a user who cannot read this directory.
    private static string Configuration(ServerCertificate certificate, int port, int tlsPort) =>
        $"""
        user root
        allow_anonymous true
        persistence false
        log_dest stderr
        log_type all
        listener {port} 127.0.0.1
        listener {tlsPort} 127.0.0.1
        certfile {certificate.CertificatePath}
        keyfile {certificate.KeyPath}
        """;
}
