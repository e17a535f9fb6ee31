using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace L4Proxy.Tls;

/// <summary>What handshakes with clients and with destinations have in common.</summary>
internal static class Handshakes
{
    /// <summary>Extended key usage of a server's certificate (RFC 5280 section 4.2.1.12).</summary>
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>Extended key usage of a client's certificate.</summary>
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Older ones are deprecated (RFC 8996).</summary>
    public const SslProtocols Versions = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>ALPN protocols, best first.</summary>
    public static IReadOnlyList<SslApplicationProtocol> Alpn(IReadOnlyList<string>? names) =>
        [.. (names ?? []).Select(name => new SslApplicationProtocol(name))];

    /// <summary>How a peer's certificate is verified: by these authorities, else the system's, and never with the network.</summary>
    public static X509ChainPolicy ChainPolicy(LoadedAuthorities? authorities, string keyUsage)
    {
        var policy = new X509ChainPolicy
        {
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            ApplicationPolicy = { new Oid(keyUsage) },
        };
        if (authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(authorities.Roots);
            policy.ExtraStore.AddRange(authorities.Intermediates);
        }

        return policy;
    }
}
