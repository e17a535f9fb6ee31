using L4Proxy.Core.Tests.House;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>Caddy, whose HTTP/3 a browser takes: a page that is <c>whole of NAME</c> once the long script of it has come.</summary>
internal sealed class CaddyPeer : Peer
{
    private CaddyPeer(TempDirectory directory, RunningProgram program, int port)
        : base(directory, program) => Port = port;

    /// <summary>UDP and TCP.</summary>
    public int Port { get; }

    /// <summary>Starts it for every name that the certificate has.</summary>
    /// <param name="name">What it calls itself in its page.</param>
    /// <param name="certificate">Its certificate.</param>
    /// <param name="scriptBytes">How long the script is.</param>
    /// <param name="cancellation">The test's.</param>
    public static async Task<CaddyPeer> StartAsync(string name, ServerCertificate certificate, int scriptBytes, CancellationToken cancellation)
    {
        Installed.Require("caddy");
        var directory = new TempDirectory();
        directory.Write("index.html", """<html><body><p id="page">in part</p><script src="/script.js"></script></body></html>""");
        directory.Write("script.js", $"/*{new string('x', scriptBytes)}*/ document.getElementById('page').textContent = 'whole of {name}';");
        var port = FreePorts.Next();
        var configuration = directory.Write("Caddyfile", Configuration(directory, certificate, port));
        var program = RunningProgram.Start("caddy", ["run", "--config", configuration, "--adapter", "caddyfile"],
            environment: new Dictionary<string, string> { ["HOME"] = directory.Path, ["XDG_DATA_HOME"] = directory.Path, ["XDG_CONFIG_HOME"] = directory.Path });
        await program.WaitUntilListeningAsync(port, cancellation);
        return new(directory, program, port);
    }

    private static string Configuration(TempDirectory directory, ServerCertificate certificate, int port) =>
        $$"""
        {
            admin off
            auto_https off
        }
        https://:{{port}} {
            bind 127.0.0.1
            tls {{certificate.CertificatePath}} {{certificate.KeyPath}}
            root * {{directory.Path}}
            file_server
        }

        """;
}
