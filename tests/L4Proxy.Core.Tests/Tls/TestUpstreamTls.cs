using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Destinations;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>TLS to destinations that <see cref="TestAuthority.Known"/> vouches for.</summary>
internal sealed class TestUpstreamTls : UpstreamTls
{
    /// <summary>Asked for in place of the destination's host, which is an address in most tests.</summary>
    public string? ServerName { get; init; } = "localhost";

    public string[]? Alpn { get; init; }

    public X509Certificate2? Certificate { get; init; }

    public override bool Offers(string protocol) => Alpn?.Contains(protocol) == true;

    public override SslClientAuthenticationOptions OptionsFor(string serverName) => new()
    {
        TargetHost = ServerName ?? serverName,
        CertificateChainPolicy = TestAuthority.Known.Policy(),
        ApplicationProtocols = Alpn?.Select(name => new SslApplicationProtocol(name)).ToList(),
        ClientCertificateContext = Certificate is null ? null : SslStreamCertificateContext.Create(Certificate, null, offline: true),
    };
}
