using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;

namespace L4Proxy.Tls;

/// <summary>How TLS of clients is terminated, as an endpoint says.</summary>
internal sealed class ConfiguredServerTls(CertificateSelector certificates, AuthoritiesSource? clientAuthorities, L4Endpoint endpoint) : ServerTls
{
    private readonly IReadOnlyList<SslApplicationProtocol> _alpn = Handshakes.Alpn(endpoint.Alpn);
    private readonly L4ClientCertificateMode _clients = L4ClientCertificate.Keys.Mode.Of(endpoint.ClientCertificate);

    public override long HandshakeTimeout { get; } = (long)Math.Ceiling(L4Endpoint.Keys.HandshakeTimeout.Of(endpoint).TotalMilliseconds);

    public override SslServerAuthenticationOptions OptionsFor(string? serverName)
    {
        var certificate = certificates.Find(serverName);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = certificate.Context,
            EnabledSslProtocols = Handshakes.Versions,
            AllowRenegotiation = false,
            // A list without entries would refuse every client that offers some.
            ApplicationProtocols = _alpn.Count == 0 ? null : [.. _alpn],
        };
        if (_clients != L4ClientCertificateMode.Off)
            AskForCertificate(options, certificate);
        return options;
    }

    private void AskForCertificate(SslServerAuthenticationOptions options, LoadedCertificate certificate)
    {
        var authorities = clientAuthorities?.Current;
        if (authorities is not null)
            options.ServerCertificateContext = certificate.ContextFor(authorities);
        options.ClientCertificateRequired = true;
        options.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        options.CertificateChainPolicy = Handshakes.ChainPolicy(authorities, Handshakes.ClientAuthentication);
        // A resumed session keeps the client's certificate without its chain, so the same client would be refused.
        options.AllowTlsResume = false;
        if (_clients == L4ClientCertificateMode.Optional)
        {
            options.RemoteCertificateValidationCallback = static (_, _, _, errors) =>
                errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNotAvailable;
        }
    }
}
