using System.Collections.Frozen;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Validation;
using L4Proxy.Destinations;
using L4Proxy.Files;
using L4Proxy.Routing;
using L4Proxy.Tls;

namespace L4Proxy.Snapshot;

/// <summary>What a valid configuration says of TLS, with the certificates in their files, as connections read it.</summary>
internal sealed class TlsBuilder(FileStore store)
{
    // As Kestrel offers them.
    private static readonly string[] s_http = ["h2", "http/1.1"];

    /// <summary>How TLS ends at an endpoint: for every route, and for those with a say of their own.</summary>
    public (ServerTls? All, FrozenDictionary<RouteModel, ServerTls> ByRoute) ForEndpoint(L4Endpoint config, EndpointUrl? url, IEnumerable<RouteModel> routes)
    {
        var isTls = url is { Scheme: EndpointScheme.Tls };
        var own = config.Certificates is { Count: > 0 } certificates ? Create(config, certificates) : null;
        var byRoute = new Dictionary<RouteModel, ServerTls>();
        foreach (var route in routes.Where(route => route.Action != L4RouteAction.Reject))
        {
            if (!isTls && !route.Config.EndsTls)
                continue;
            var here = config.Alpn is null && route.Action == L4RouteAction.Http ? config with { Alpn = s_http } : config;
            if (NamedFiles.Given(route.Config.Certificate) is { } certificate)
                byRoute.Add(route, Create(here, [certificate]));
            else if (!isTls || here != config)
                byRoute.Add(route, own is null ? throw new ArgumentException($"The route '{route.Id}' has no certificate.", nameof(routes)) : Create(here, config.Certificates!));
        }

        return (isTls ? own : null, byRoute.ToFrozenDictionary());
    }

    /// <summary>Whether an endpoint has a certificate for every name of a route.</summary>
    public bool Covers(L4Endpoint endpoint, RouteModel route) => endpoint.Certificates is { Count: > 0 } certificates && route.Match.Hosts is { Count: > 0 } names
        && names.All(name => certificates.Any(certificate => store.Get(certificate).Current?.Names.Any(covered => CertificateNames.IsFor(covered, name)) == true));

    /// <summary>How TLS to a cluster's destinations is made.</summary>
    public UpstreamTls ForCluster(L4UpstreamTls config) => new ConfiguredUpstreamTls(
        config, AuthoritiesOf(config.Ca), NamedFiles.Given(config.ClientCertificate) is { } certificate ? store.Get(certificate) : null);

    private ConfiguredServerTls Create(L4Endpoint config, IReadOnlyList<L4Certificate> certificates) =>
        new(new CertificateSelector(store, [.. certificates.Select(store.Get)]), AuthoritiesOf(config.ClientCertificate?.Ca), config);

    private AuthoritiesSource? AuthoritiesOf(string? file) => file is null ? null : store.GetAuthorities(file);
}
