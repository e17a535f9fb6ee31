using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Files;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>The certificates in force.</summary>
public sealed class CertificateApiTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("l4proxy-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Those_that_end_first_come_first_each_with_what_is_odd_and_where_it_is_configured()
    {
        using var lasting = TestCertificate.Make("lasting.example.com", left: 80);
        using var ending = TestCertificate.Make("ending.example.com", since: 85, left: 5);
        using var client = TestCertificate.Make("client", left: 40);
        var shown = Write("ending.pem", ending);
        await using var app = await ApiApp.StartAsync(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Url = "tls://127.0.0.1:0", Certificates = [Write("lasting.pem", lasting), shown] } },
            Routes = new Dictionary<string, L4Route>
            {
                ["r"] = new() { Endpoints = ["web"], ClusterId = "c", Match = new L4Match { Sni = ["ending.example.com"] }, Tls = L4RouteTls.Terminate, Certificate = shown },
                ["rest"] = new() { Endpoints = ["web"], ClusterId = "c" },
            },
            Clusters = new Dictionary<string, L4Cluster>
            {
                ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = "127.0.0.1:1" } }, Tls = new L4UpstreamTls { ClientCertificate = Write("client.pem", client) } },
            },
        });
        var answer = await app.DoAsync("GET", "certificates");
        var certificates = answer.Json.EnumerateArray().ToList();
        Assert.Equal(
            ["L4Proxy:Endpoints:web:Certificates:1", "L4Proxy:Routes:r:Certificate", "L4Proxy:Clusters:c:Tls:ClientCertificate", "L4Proxy:Endpoints:web:Certificates:0"],
            certificates.Select(certificate => certificate.GetProperty("setting").GetString()));
        Assert.Equal(["web", "r", "c", "web"], certificates.Select((certificate, i) => certificate.GetProperty(i switch { 1 => "route", 2 => "cluster", _ => "endpoint" }).GetString()));
        var end = ending.NotAfter.ToUniversalTime();
        Assert.Equal(
            JsonSerializer.Serialize(new
            {
                setting = "L4Proxy:Routes:r:Certificate", path = shown.Path, route = "r", subject = "CN=ending.example.com", issuer = "CN=ending.example.com", names = new[] { "ending.example.com" },
                notBefore = ending.NotBefore.ToUniversalTime(), notAfter = end, serialNumber = ending.SerialNumber, thumbprint = ending.GetCertHashString(HashAlgorithmName.SHA256),
                warning = $"The certificate expires at {end:yyyy-MM-dd HH:mm} UTC.",
            }),
            certificates[1].GetRawText());
        Assert.False(certificates[2].TryGetProperty("warning", out _));
        Assert.DoesNotContain("secret", answer.Text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("PRIVATE", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_whose_file_cannot_be_used_any_more_is_in_force_and_the_error_is_told()
    {
        using var certificate = TestCertificate.Make("web.example.com", left: 80);
        var written = Write("web.pem", certificate);
        await using var app = await ApiApp.StartAsync(new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["web"] = new() { Url = "tls://127.0.0.1:0", Certificates = [written] } },
            Routes = new Dictionary<string, L4Route> { ["r"] = new() { Endpoints = ["web"], ClusterId = "c" } },
            Clusters = new Dictionary<string, L4Cluster> { ["c"] = new() { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = "127.0.0.1:1" } } } },
        });
        await File.WriteAllTextAsync(written.Path!, "nothing of the kind", TestContext.Current.CancellationToken);
        app.Services.GetRequiredService<FileStore>().LookNow();
        var shown = Assert.Single((await app.DoAsync("GET", "certificates")).Json.EnumerateArray());
        Assert.Equal(("CN=web.example.com", "The file holds no certificate: it is neither PEM nor PFX."), (shown.GetProperty("subject").GetString(), shown.GetProperty("error").GetString()));
    }

    [Fact]
    public async Task Without_any_it_is_empty()
    {
        await using var app = await ApiApp.StartAsync();
        Assert.Equal("[]", (await app.DoAsync("GET", "certificates")).Text);
    }

    private L4Certificate Write(string file, X509Certificate2 certificate)
    {
        var path = Path.Combine(_directory, file);
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
        return new L4Certificate { Path = path, Password = "secret" };
    }
}
