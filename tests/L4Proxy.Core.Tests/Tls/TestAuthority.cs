using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>An authority in memory and the certificates that it signs.</summary>
internal sealed class TestAuthority
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _own;

    public TestAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        _own = request.CreateSelfSigned(Now.AddDays(-30), Now.AddDays(30));
    }

    /// <summary>What the peers of the tests trust.</summary>
    public static TestAuthority Known { get; } = new("Known");

    /// <summary>What they do not.</summary>
    public static TestAuthority Unknown { get; } = new("Unknown");

    public static X509Certificate2 Localhost { get; } = Known.Issue("localhost");

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>A certificate for a host, with its key.</summary>
    public X509Certificate2 Issue(string name, int daysLeft = 10) => Issue(name, ServerAuthentication, daysLeft);

    /// <summary>A certificate for a client, with its key.</summary>
    public X509Certificate2 IssueClient(string name) => Issue(name, ClientAuthentication, daysLeft: 10);

    /// <summary>Verifies by this authority alone.</summary>
    public X509ChainPolicy Policy() => new()
    {
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { _own },
    };

    private X509Certificate2 Issue(string name, string usage, int daysLeft)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O=L4Proxy, CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var bare = request.Create(_own, Now.AddDays(-20), Now.AddDays(daysLeft), RandomNumberGenerator.GetBytes(8));
        return bare.CopyWithPrivateKey(key);
    }
}
