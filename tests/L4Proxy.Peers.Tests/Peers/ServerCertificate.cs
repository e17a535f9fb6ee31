using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>A self-signed certificate for some names, in PEM files that servers and <c>curl --cacert</c> read.</summary>
internal sealed record ServerCertificate(string CertificatePath, string KeyPath, string Sha256)
{
    /// <summary>As an <c>L4Certificate</c> in FILE.</summary>
    public string Json => $$"""{ "Path": "{{CertificatePath}}", "KeyPath": "{{KeyPath}}" }""";

    /// <summary>Of its public key, as <c>openssl dgst -sha256 -binary | base64</c>.</summary>
    public string PublicKeySha256
    {
        get
        {
            using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(CertificatePath));
            return Convert.ToBase64String(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        }
    }

    /// <summary>What a program has written.</summary>
    public static ServerCertificate Read(string certificatePath, string keyPath)
    {
        using var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(certificatePath));
        return new(certificatePath, keyPath, certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }

    public static ServerCertificate Create(TempDirectory directory, string fileName, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));

        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(7));
        return new(
            directory.Write($"{fileName}.crt", certificate.ExportCertificatePem()),
            directory.Write($"{fileName}.key", key.ExportPkcs8PrivateKeyPem()),
            certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }
}
