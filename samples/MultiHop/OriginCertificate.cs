using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace L4Proxy.MultiHop;

/// <summary>A certificate made on the spot, for nothing but a demonstration. One of your own in its files is left as it is.</summary>
internal static class OriginCertificate
{
    public static void CreateWhereMissing(string name, string path, string keyPath)
    {
        if (File.Exists(path))
            return;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddYears(1));
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(path, certificate.ExportCertificatePem());
    }
}
