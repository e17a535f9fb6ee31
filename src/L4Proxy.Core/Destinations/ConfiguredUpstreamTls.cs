using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Configuration;
using L4Proxy.Names;
using L4Proxy.Tls;

namespace L4Proxy.Destinations;

/// <summary>How TLS to destinations is made, as a cluster says.</summary>
internal sealed class ConfiguredUpstreamTls(L4UpstreamTls config, AuthoritiesSource? authorities, CertificateSource? clientCertificate) : UpstreamTls
{
    private readonly IReadOnlyList<SslApplicationProtocol> _alpn = Handshakes.Alpn(config.Alpn);

    private readonly SslPolicyErrors _tolerated = L4UpstreamTls.Keys.SkipVerify.Of(config)
        ? SslPolicyErrors.RemoteCertificateNotAvailable | SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors
        : SslPolicyErrors.None;

    private readonly HostTemplate? _serverName =
        config.ServerName is { } text && HostTemplate.TryParseNameOrAddress(text, out var name, out _) ? name : null;

    public override bool TryGetServerName(in RouteCaptures captures, DestinationAddress address, [NotNullWhen(true)] out string? name) =>
        _serverName is null ? base.TryGetServerName(captures, address, out name) : _serverName.TryExpand(captures, out name, out _);

    public override bool IsNameOfClient => _serverName is { CaptureNames.Count: > 0 };

    public override bool Offers(string protocol) => _alpn.Contains(new SslApplicationProtocol(protocol));

    public override SslClientAuthenticationOptions OptionsFor(string serverName)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            EnabledSslProtocols = Handshakes.Versions,
            AllowRenegotiation = false,
            ApplicationProtocols = _alpn.Count == 0 ? null : [.. _alpn],
            ClientCertificateContext = clientCertificate?.Current!.Context,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            CertificateChainPolicy = Handshakes.ChainPolicy(authorities?.Current, Handshakes.ServerAuthentication),
        };
        if (_tolerated != SslPolicyErrors.None)
            options.RemoteCertificateValidationCallback = (_, _, _, errors) => (errors & ~_tolerated) == SslPolicyErrors.None;
        return options;
    }
}
