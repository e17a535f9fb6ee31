// A database that speaks Redis' protocol in TLS, on the port that the AppHost gives it. Its certificate is its own, which a client that
// comes through the gateway sees: the gateway does not end the TLS.
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Garnet;

const string Name = "orders.db.localhost";
using var host = Host.CreateApplicationBuilder(args).Build();
var port = Environment.GetEnvironmentVariable("PORT") ?? "6380";
var directory = Directory.CreateTempSubdirectory("l4proxy-database-");
try
{
    var certificate = Path.Combine(directory.FullName, "database.pfx");
    File.WriteAllBytes(certificate, CreateCertificate());
    using var database = new GarnetServer(
        ["--bind", "127.0.0.1", "--port", port, "--memory", "64m", "--index", "1m", "--tls", "--cert-file-name", certificate, "--cert-password", "localhost", "--client-certificate-required", "false"]);
    database.Start();
    await host.RunAsync();
}
finally
{
    directory.Delete(recursive: true);
}

static byte[] CreateCertificate()
{
    using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    var request = new CertificateRequest($"CN={Name}", key, HashAlgorithmName.SHA256);
    var names = new SubjectAlternativeNameBuilder();
    names.AddDnsName(Name);
    request.CertificateExtensions.Add(names.Build());
    using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(30));
    return certificate.Export(X509ContentType.Pfx, "localhost");
}
