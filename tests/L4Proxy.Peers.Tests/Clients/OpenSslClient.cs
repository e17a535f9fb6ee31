using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Clients;

/// <summary>The <c>openssl s_client</c> program.</summary>
internal static class OpenSslClient
{
    /// <summary>Shakes hands with <paramref name="name"/> as SNI; answers the SHA-256 of the certificate it was shown.</summary>
    public static async Task<string> CertificateSha256Async(string name, int port, CancellationToken cancellation,
        params string[] options)
    {
        var result = await RunningProgram.RunAsync("openssl",
            ["s_client", "-connect", $"127.0.0.1:{port}", "-servername", name, .. options], cancellation);
        Assert.Contains("-----BEGIN CERTIFICATE-----", result.Output, StringComparison.Ordinal);
        using var certificate = X509Certificate2.CreateFromPem(result.Output);
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
