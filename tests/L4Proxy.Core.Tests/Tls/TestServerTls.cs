using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Tls;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>Termination with a certificate for localhost, or for the name of another one given.</summary>
internal sealed class TestServerTls(params X509Certificate2[] others) : ServerTls
{
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    public string[]? Alpn { get; init; }

    public bool ClientCertificateRequired { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    public override long HandshakeTimeout => (long)Timeout.TotalMilliseconds;

    public override SslServerAuthenticationOptions OptionsFor(string? serverName)
    {
        var certificate = others.FirstOrDefault(one => one.MatchesHostname(serverName ?? "none.invalid")) ?? TestAuthority.Localhost;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true),
            EnabledSslProtocols = Protocols,
            ApplicationProtocols = Alpn?.Select(name => new SslApplicationProtocol(name)).ToList(),
            ClientCertificateRequired = ClientCertificateRequired,
            CertificateChainPolicy = ClientCertificateRequired ? TestAuthority.Known.Policy() : null,
        };
    }
}
