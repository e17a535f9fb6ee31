using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>A root, an intermediate authority, and the certificates that it issues.</summary>
internal sealed class TestPki
{
    public const string ForServers = "1.3.6.1.5.5.7.3.1";
    public const string ForClients = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _root = IssueAuthority("CN=Test root", issuer: null);
    private readonly X509Certificate2 _intermediate;

    public TestPki() => _intermediate = IssueAuthority("CN=Test intermediate", _root);

    public static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public string RootPem => _root.ExportCertificatePem();

    public string IntermediatePem => _intermediate.ExportCertificatePem();

    public X509Certificate2 Root => _root;

    public X509Certificate2 Intermediate => _intermediate;

    /// <summary>A certificate with its key for DNS names; the common name is the first.</summary>
    public X509Certificate2 Issue(params string[] names) => Issue(names, ForServers);

    public X509Certificate2 Issue(
        string[] names, string usage, DateTimeOffset? from = null, DateTimeOffset? until = null, AsymmetricAlgorithm? key = null)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (System.Net.IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }

        using var fallback = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = RequestFor($"CN={names[0]}", key ?? fallback);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        return Sign(request, key ?? fallback, _intermediate, from ?? Now.AddDays(-1), until ?? Now.AddDays(90));
    }

    /// <summary>Self-signed, with a subject and no alternative names.</summary>
    public static X509Certificate2 SelfSigned(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return RequestFor(subject, key).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(90));
    }

    /// <summary>The certificate and the intermediate, as a server's file has them.</summary>
    public string ChainPem(X509Certificate2 certificate) => $"{certificate.ExportCertificatePem()}\n{IntermediatePem}\n";

    public static string KeyPem(X509Certificate2 certificate) => KeyOf(certificate).ExportPkcs8PrivateKeyPem();

    public static string EncryptedKeyPem(X509Certificate2 certificate, string password) =>
        KeyOf(certificate).ExportEncryptedPkcs8PrivateKeyPem(password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));

    public static AsymmetricAlgorithm KeyOf(X509Certificate2 certificate) =>
        (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey() ?? certificate.GetRSAPrivateKey()!;

    private static X509Certificate2 IssueAuthority(string subject, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = RequestFor(subject, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return issuer is null
            ? request.CreateSelfSigned(Now.AddYears(-1), Now.AddYears(10))
            : Sign(request, key, issuer, Now.AddYears(-1), Now.AddYears(5));
    }

    private static X509Certificate2 Sign(
        CertificateRequest request, AsymmetricAlgorithm key, X509Certificate2 issuer, DateTimeOffset from, DateTimeOffset until)
    {
        using var certificate = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!), from, until, RandomNumberGenerator.GetBytes(8));
        return key is RSA rsa ? certificate.CopyWithPrivateKey(rsa) : certificate.CopyWithPrivateKey((ECDsa)key);
    }

    private static CertificateRequest RequestFor(string subject, AsymmetricAlgorithm key) => key is RSA rsa
        ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
}
