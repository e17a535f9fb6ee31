using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>The <c>openssl s_server</c> program, which shows its certificate without the chain behind it.</summary>
internal sealed class OpenSslServer : Peer
{
    private OpenSslServer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    public int Port { get; }

    public int Id => Program.Id;

    /// <summary>With <c>-rev</c>: what it says of each connection.</summary>
    public OutputLines Log => Program.Error;

    /// <summary>What clients say, and where to answer.</summary>
    public RunningProgram Console => Program;

    /// <summary>Starts it with options such as <c>-rev</c> (says each line backwards), <c>-quiet</c> or <c>-WWW</c> (serves the files of a directory).</summary>
    public static async Task<OpenSslServer> StartAsync(ServerCertificate certificate, string[] options,
        CancellationToken cancellation, string? directory = null)
    {
        var port = FreePorts.Next();
        // It serves one client at a time, but goes on to the next after one that only tries whether it is there.
        var program = RunningProgram.Start("openssl",
            ["s_server", "-accept", $"127.0.0.1:{port}", "-cert", certificate.CertificatePath, "-key", certificate.KeyPath,
             .. options], directory);
        await program.WaitUntilListeningAsync(port, cancellation);
        return new(new TempDirectory(), program, port);
    }
}
