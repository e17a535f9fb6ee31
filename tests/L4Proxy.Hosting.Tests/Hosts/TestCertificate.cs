using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>Self-signed certificates.</summary>
internal static class TestCertificate
{
    public static X509Certificate2 Localhost { get; } = Make("localhost");

    /// <summary>Makes one.</summary>
    /// <param name="name">For whom.</param>
    /// <param name="since">Since how many days it holds.</param>
    /// <param name="left">For how many more.</param>
    public static X509Certificate2 Make(string name, int since = 1, int left = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-since), now.AddDays(left));
    }
}
