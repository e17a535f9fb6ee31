using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Acme;

/// <summary>The <c>lego</c> program with a directory of its own, which answers TLS-ALPN-01 at a port of 127.0.0.1 while it runs.</summary>
internal sealed class Lego(PebblePeer server, TempDirectory directory, int port)
{
    private const string Certificates = "certificates";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    /// <summary>A certificate where that of a name will be, for who needs one before there is any.</summary>
    public ServerCertificate CreatePlaceholder(string name)
    {
        Directory.CreateDirectory(directory.File(Certificates));
        return ServerCertificate.Create(directory, $"{Certificates}/{name}", name);
    }

    /// <summary>Asks for a certificate.</summary>
    public async Task<ServerCertificate> ObtainAsync(string name, CancellationToken cancellation)
    {
        var result = await RunningProgram.RunAsync("lego",
            ["--server", server.DirectoryUrl, "--accept-tos", "--email", "test@example.com", "--path", directory.Path, "--domains", name,
             "--tls", "--tls.port", $"127.0.0.1:{port}", "run"],
            cancellation, deadline: Deadline, environment: new Dictionary<string, string> { ["LEGO_CA_CERTIFICATES"] = server.TrustedPath, ["NO_PROXY"] = "localhost" });
        Assert.True(result.ExitCode == 0, $"{result}\n{server}");
        return ServerCertificate.Read(directory.File($"{Certificates}/{name}.crt"), directory.File($"{Certificates}/{name}.key"));
    }
}
