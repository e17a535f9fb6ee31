using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Peers.Tests.Programs;

namespace L4Proxy.Peers.Tests.Peers;

/// <summary>A root of a test's own, and an intermediate below it that issues certificates; all in PEM files.</summary>
internal sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly TempDirectory _directory = new();
    private readonly X509Certificate2 _intermediate;

    public CertificateAuthority(string name = "Test")
    {
        var now = TimeProvider.System.GetUtcNow();
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var root = Request($"CN={name} root", rootKey, isAuthority: true).CreateSelfSigned(now.AddDays(-100), now.AddDays(100));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var intermediate = Request($"CN={name} intermediate", key, isAuthority: true)
            .Create(root, now.AddDays(-99), now.AddDays(99), NewSerial());
        _intermediate = intermediate.CopyWithPrivateKey(key);
        RootPath = _directory.Write("root.pem", root.ExportCertificatePem());
        ChainPath = _directory.Write("chain.pem", $"{root.ExportCertificatePem()}\n{_intermediate.ExportCertificatePem()}");
    }

    /// <summary>The root alone.</summary>
    public string RootPath { get; }

    /// <summary>The root and the intermediate.</summary>
    public string ChainPath { get; }

    /// <summary>A certificate for a server with some names or addresses, and the intermediate behind it.</summary>
    public ServerCertificate ForServer(params string[] names) => ForServer(names, daysLeft: 30);

    /// <summary>A certificate for a server that ends in some days, or has ended.</summary>
    public ServerCertificate ForServer(string[] names, int daysLeft)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
                alternatives.AddIpAddress(address);
            else
                alternatives.AddDnsName(name);
        }

        return Issue($"CN={names[0]}", ServerAuthentication, daysLeft, alternatives.Build());
    }

    /// <summary>A certificate for a client, and the intermediate behind it.</summary>
    public ServerCertificate ForClient(string name) => Issue($"CN={name}", ClientAuthentication, daysLeft: 30);

    public void Dispose()
    {
        _intermediate.Dispose();
        _directory.Dispose();
    }

    private ServerCertificate Issue(string subject, string usage, int daysLeft, params X509Extension[] extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(subject, key, isAuthority: false);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        foreach (var extension in extensions)
            request.CertificateExtensions.Add(extension);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.Create(_intermediate, now.AddDays(-90), now.AddDays(daysLeft), NewSerial());
        var file = Guid.NewGuid().ToString("N");
        return new(
            _directory.Write($"{file}.crt", $"{certificate.ExportCertificatePem()}\n{_intermediate.ExportCertificatePem()}"),
            _directory.Write($"{file}.key", key.ExportPkcs8PrivateKeyPem()),
            certificate.GetCertHashString(HashAlgorithmName.SHA256));
    }

    private static CertificateRequest Request(string subject, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request;
    }

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        return serial;
    }
}
