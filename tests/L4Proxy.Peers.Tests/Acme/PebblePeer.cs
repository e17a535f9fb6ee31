using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Acme;

/// <summary>pebble, an ACME server, for which names below <c>internal</c> are at 127.0.0.1. Every order is validated anew, and without a delay.</summary>
internal sealed class PebblePeer : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly CertificateAuthority _authority;
    private readonly NameServerPeer _names;
    private readonly RunningProgram _program;

    private PebblePeer(TempDirectory directory, CertificateAuthority authority, NameServerPeer names, RunningProgram program, int port)
    {
        (_directory, _authority, _names, _program) = (directory, authority, names, program);
        DirectoryUrl = $"https://localhost:{port}/dir";
    }

    /// <summary>Where ACME clients begin.</summary>
    public string DirectoryUrl { get; }

    /// <summary>Who has issued the certificate that it shows them.</summary>
    public string TrustedPath => _authority.RootPath;

    /// <summary>What it does.</summary>
    public OutputLines Log => _program.Output;

    /// <summary>Starts it.</summary>
    /// <param name="httpPort">The port of each name that it asks by HTTP, in place of 80.</param>
    /// <param name="tlsPort">The port of each name that it asks by TLS, in place of 443.</param>
    /// <param name="names">The names that there are.</param>
    /// <param name="cancellation">Ends the wait for it.</param>
    public static async Task<PebblePeer> StartAsync(int httpPort, int tlsPort, string[] names, CancellationToken cancellation)
    {
        Installed.Require("pebble");
        var nameServer = await NameServerPeer.StartAsync(string.Join('\n', names.Select(name => $"127.0.0.1 {name}")), cancellation);
        var (directory, authority, port) = (new TempDirectory(), new CertificateAuthority("Pebble"), FreePorts.Next());
        var certificate = authority.ForServer("localhost");
        var config = directory.Write("pebble.json",
            $$"""
            {
              "pebble": {
                "listenAddress": "127.0.0.1:{{port}}",
                "certificate": "{{certificate.CertificatePath}}",
                "privateKey": "{{certificate.KeyPath}}",
                "httpPort": {{httpPort}},
                "tlsPort": {{tlsPort}}
              }
            }
            """);
        var environment = new Dictionary<string, string> { ["PEBBLE_VA_NOSLEEP"] = "1", ["PEBBLE_WFE_NONCEREJECT"] = "0", ["PEBBLE_AUTHZREUSE"] = "0" };
        var program = RunningProgram.Start("pebble", ["-config", config, "-dnsserver", nameServer.Address], environment: environment);
        await program.WaitUntilListeningAsync(port, cancellation);
        return new(directory, authority, nameServer, program, port);
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        await _names.DisposeAsync();
        _authority.Dispose();
        _directory.Dispose();
    }

    public override string ToString() => _program.ToString();
}
