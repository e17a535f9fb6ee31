using System.Text;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration.Validation;

/// <summary>Where clients' TLS ends, and that there is a certificate for it. What the files hold is checked elsewhere.</summary>
internal static class TlsCheck
{
    private const string NothingEnds = "It has no effect here: no TLS ends at this endpoint. A 'tls://' Url ends it for every route, 'Tls': 'Terminate' for one.";

    private static readonly ConfigKey[] s_ofRequest = [L4Match.Keys.Host, L4Match.Keys.Path];

    /// <summary>Checks every endpoint and every route.</summary>
    public static void Check(ConfigGraph graph, ConfigPath endpoints, ConfigPath routes, Findings findings)
    {
        var routesOf = graph.Endpoints.Keys.ToDictionary(id => id, _ => new List<KeyValuePair<string, L4Route>>());
        foreach (var item in graph.Routes)
        {
            foreach (var id in graph.EndpointsOf(item.Value))
            {
                // A route may name an endpoint twice.
                if (id is not null && routesOf.TryGetValue(id, out var here) && (here.Count == 0 || here[^1].Key != item.Key))
                    here.Add(item);
            }
        }

        foreach (var (id, route) in graph.NewRoutes)
            CheckRoute(graph, route, [.. graph.EndpointsOf(route).Where(endpoint => endpoint is not null && graph.Endpoints.ContainsKey(endpoint)).Distinct()], routes[id], findings);

        foreach (var (id, endpoint) in graph.Endpoints)
        {
            CheckEndpoint(endpoint, endpoints[id], findings);
            CheckThereIsCertificate(graph, id, endpoint, routesOf[id], endpoints[id], routes, findings);
        }
    }

    /// <summary>Checks the paths of a certificate.</summary>
    public static void CheckCertificate(L4Certificate certificate, ConfigPath path, Findings findings)
    {
        if (!NamedFiles.IsPath(certificate.Path))
            findings.Error(path[nameof(certificate.Path)], "A certificate needs the path of its file, PEM or PFX.");
        if (certificate.KeyPath is not null && !NamedFiles.IsPath(certificate.KeyPath))
            findings.Error(path[nameof(certificate.KeyPath)], "This is not the path of a file.");
    }

    /// <summary>Checks the path of a file of authorities.</summary>
    public static void CheckAuthorities(string? file, ConfigPath path, Findings findings)
    {
        if (file is not null && !NamedFiles.IsPath(file))
            findings.Error(path["Ca"], "This is not the path of a file.");
    }

    /// <summary>Checks names of ALPN protocols (RFC 7301 section 3.1).</summary>
    public static void CheckAlpn(IReadOnlyList<string>? names, ConfigPath path, Findings findings)
    {
        for (var i = 0; i < names?.Count; i++)
        {
            if (names[i] is { } name && (name.Length is 0 or > 255 || !Ascii.IsValid(name)))
                findings.Error(path["Alpn"][i], $"{Quote.Text(name)} is not an ALPN protocol: 1 to 255 ASCII characters.");
        }
    }

    private static void CheckRoute(ConfigGraph graph, L4Route route, List<string> endpoints, ConfigPath path, Findings findings)
    {
        var terminates = route.EndsTls;
        var tls = endpoints.Find(graph.IsTls);
        if (route.Tls == L4RouteTls.Passthrough && tls is not null)
            findings.Error(path["Tls"], $"The endpoint '{tls}' ends TLS for every route. To pass it through, listen with 'tcp://'.");
        if (terminates && endpoints.Find(graph.IsUdp) is { } udp)
            findings.Error(path["Tls"], $"The endpoint '{udp}' is UDP, and TLS is spoken over TCP.");
        if (route.Action == L4RouteAction.Http && terminates && endpoints.Find(id => graph.Endpoints[id].Url is null) is { } shared)
            findings.Error(path["Tls"], $"HTTP on '{shared}' is Kestrel's, which ends its TLS itself.");
        if (route.Action == L4RouteAction.Reject && terminates)
            findings.Warning(path["Tls"], "It has no effect: a connection is rejected before its TLS ends.");
        if (!route.IsHttp && endpoints.Count > 0 && endpoints.TrueForAll(id => graph.EndsTls(route, id)))
        {
            foreach (var (match, at) in NestedMatches.Of(route.Match, path["Match"]))
                CheckMatch(match, at, findings);
        }
        if (NamedFiles.Given(route.Certificate) is not { } certificate)
            return;
        CheckCertificate(certificate, path["Certificate"], findings);
        if (!endpoints.Exists(id => graph.EndsTls(route, id)))
            findings.Warning(path["Certificate"], "It is ignored: this route does not end TLS. To end it, say 'Tls': 'Terminate'.");
    }

    private static void CheckMatch(L4Match match, ConfigPath path, Findings findings)
    {
        foreach (var key in s_ofRequest.Where(key => key.Get(match) is not null))
            findings.Error(path[key.Name], "It can never hold: a route is chosen before its TLS ends, and the request is inside. There is 'Sni'.");
    }

    private static void CheckEndpoint(L4Endpoint endpoint, ConfigPath path, Findings findings)
    {
        for (var i = 0; i < endpoint.Certificates?.Count; i++)
        {
            if (endpoint.Certificates[i] is { } certificate)
                CheckCertificate(certificate, path["Certificates"][i], findings);
        }

        CheckAlpn(endpoint.Alpn, path, findings);
        CheckAuthorities(endpoint.ClientCertificate?.Ca, path["ClientCertificate"], findings);
        if (endpoint.ClientCertificate is { Ca: not null, Mode: null or L4ClientCertificateMode.Off })
            findings.Warning(path["ClientCertificate"]["Ca"], "It has no effect while 'Mode' is 'Off'.");
    }

    private static void CheckThereIsCertificate(
        ConfigGraph graph, string id, L4Endpoint endpoint, List<KeyValuePair<string, L4Route>> routesHere, ConfigPath path, ConfigPath routes,
        Findings findings)
    {
        var isTls = graph.IsTls(id);
        var ending = routesHere.Where(item => graph.EndsTls(item.Value, id)).ToList();
        if (ending.Count == 0 && !isTls && !(endpoint.Url is null && graph.HttpRoutes.Any(route => route.Value.IsOnKestrel)))
            WarnOfKeys(endpoint, path, findings);
        if (endpoint.Certificates is { Count: > 0 })
            return;
        var without = ending.Where(item => NamedFiles.Given(item.Value.Certificate) is null).Select(item => item.Key).ToList();
        if (isTls && (ending.Count == 0 || without.Count > 0))
        {
            findings.Error(path["Certificates"], "TLS ends at this endpoint: it needs 'Certificates', or each of its routes a 'Certificate'"
                + (without.Count == 0 ? "." : $", and '{without[0]}' has none."));
            return;
        }

        foreach (var routeId in without)
            findings.Error(routes[routeId]["Certificate"], $"TLS ends here: the route needs a 'Certificate', or its endpoint '{id}' 'Certificates'.");
    }

    private static void WarnOfKeys(L4Endpoint endpoint, ConfigPath path, Findings findings)
    {
        ConfigKey[] keys = [L4Endpoint.Keys.Certificates, L4Endpoint.Keys.ClientCertificate, L4Endpoint.Keys.Alpn, L4Endpoint.Keys.HandshakeTimeout];
        foreach (var key in keys.Where(key => key.Get(endpoint) is { } value && value is not L4ClientCertificate { Mode: null or L4ClientCertificateMode.Off }))
            findings.Warning(path[key.Name], NothingEnds);
    }
}
