using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Acme;

/// <summary>The <c>certbot</c> program with directories of its own, which answers HTTP-01 at a port of 127.0.0.1 while it runs.</summary>
internal sealed class Certbot(PebblePeer server, TempDirectory directory, int port)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>Where the certificate of a name, and its chain, will be: a link.</summary>
    public string CertificatePath(string name) => directory.File($"live/{name}/fullchain.pem");

    /// <summary>Where who has issued it will be.</summary>
    public string ChainPath(string name) => directory.File($"live/{name}/chain.pem");

    /// <summary>Where its key will be.</summary>
    public string KeyPath(string name) => directory.File($"live/{name}/privkey.pem");

    /// <summary>Asks for a certificate.</summary>
    public async Task<ServerCertificate> ObtainAsync(string name, CancellationToken cancellation)
    {
        await RunAsync(["certonly", "--standalone", "--http-01-address", "127.0.0.1", "--http-01-port", $"{port}", "--agree-tos",
            "--register-unsafely-without-email", "--server", server.DirectoryUrl, "--domain", name], cancellation);
        return ServerCertificate.Read(CertificatePath(name), KeyPath(name));
    }

    /// <summary>Renews the only one that there is, however long it holds.</summary>
    public async Task<ServerCertificate> RenewAsync(string name, CancellationToken cancellation)
    {
        await RunAsync(["renew", "--force-renewal", "--no-random-sleep-on-renew"], cancellation);
        return ServerCertificate.Read(CertificatePath(name), KeyPath(name));
    }

    private async Task RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var result = await RunningProgram.RunAsync("certbot",
            [.. arguments, "--non-interactive", "--config-dir", directory.Path, "--work-dir", directory.File("work"), "--logs-dir", directory.File("log")],
            cancellation, deadline: Deadline, environment: new Dictionary<string, string> { ["REQUESTS_CA_BUNDLE"] = server.TrustedPath, ["NO_PROXY"] = "localhost" });
        Assert.True(result.ExitCode == 0, $"{result}\n{server}");
    }
}
