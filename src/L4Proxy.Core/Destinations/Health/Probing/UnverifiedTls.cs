using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Tls;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>
/// TLS of probes where clients' own TLS passes through: whom they trust is not known here, so any certificate will do. Nothing is said in it but what the check says.
/// </summary>
internal sealed class UnverifiedTls : UpstreamTls
{
    private const SslPolicyErrors Any =
        SslPolicyErrors.RemoteCertificateNotAvailable | SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors;

    public static UnverifiedTls Instance { get; } = new();

    public override SslClientAuthenticationOptions OptionsFor(string serverName) => new()
    {
        TargetHost = serverName,
        EnabledSslProtocols = Handshakes.Versions,
        AllowRenegotiation = false,
        // Else the runtime fetches what a certificate says that its issuer is at.
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = Handshakes.ChainPolicy(authorities: null, Handshakes.ServerAuthentication),
        RemoteCertificateValidationCallback = static (_, _, _, errors) => (errors & ~Any) == SslPolicyErrors.None,
    };
}
