using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Providers.Http;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>
/// Of <c>apps.http</c> what agents send: routes that lead to a <c>reverse_proxy</c>, redirect or answer by themselves become routes of HTTP requests. It is not layer 4, so that what cannot be carried over is left out, and said.
/// A server without routes listens on nothing.
/// </summary>
/// <param name="config">Takes it.</param>
/// <param name="certificates">What Caddy loads from files, for servers whose TLS ends here.</param>
/// <param name="resolve">Looks a name up that is listened on.</param>
internal sealed class CaddyHttp(ImportedConfig config, IReadOnlyList<L4Certificate> certificates, Func<string, IPAddress?> resolve)
{
    private const int MaxDepth = 4;
    private const string HttpsPort = ":443";
    private const string NotLike = "L4Proxy's routes of HTTP requests have nothing like it: the route is left out.";

    public void Read(SourceObject http)
    {
        if (http.Object("servers") is { } servers)
        {
            foreach (var name in servers.Keys)
            {
                if (servers.Object(name) is { } server)
                    Read(name, server);
            }
        }
    }

    private void Read(string name, SourceObject server)
    {
        var routes = server.Objects("routes");
        var listened = (server.Texts("listen") ?? []).Where(_ => routes.Count > 0).Select(text => (Text: text, IsTls: text.EndsWith(HttpsPort, StringComparison.Ordinal))).ToList();
        foreach (var (text, _) in listened.Where(item => item.IsTls && certificates.Count == 0))
            server.Lost("listen", $"'{text}' needs a certificate, and Caddy gets one by itself: here it is one of 'apps.tls.certificates.load_files'.");
        var endpoints = listened.Where(item => !item.IsTls || certificates.Count > 0).Select(item => Endpoint(name, server, item.Text, item.IsTls)).OfType<(string Id, bool IsTls)>().ToList();
        var number = 0;
        foreach (var route in routes)
        {
            var id = route.Text("@id") ?? $"{name}-{number}";
            number++;
            if (endpoints.Count > 0)
                Read(id, route, endpoints);
        }
    }

    private (string Id, bool IsTls)? Endpoint(string name, SourceObject server, string text, bool isTls)
    {
        if (CaddyAddress.TryParseListen(text, resolve, out var url, out var error) && url.StartsWith("tcp:", StringComparison.Ordinal))
            return (config.Endpoint(name, new() { Url = url, Certificates = isTls ? certificates : null }), isTls);
        server.Lost("listen", $"'{text}': {error ?? "HTTP is spoken over TCP."}");
        return null;
    }

    private void Read(string id, SourceObject route, List<(string Id, bool IsTls)> endpoints)
    {
        var read = new List<(CaddyHttpMatch Match, L4Route Route, L4Cluster? Cluster)>();
        // Of a route of routes all are read or none: without one of them another takes its requests.
        if (!TryRead(route, CaddyHttpMatch.All, new L4Route { Mode = L4RouteMode.L7 }, depth: 0, read))
            return;
        foreach (var (match, template, cluster) in read)
        {
            var clusterId = cluster is null ? null : config.Cluster(id, cluster);
            foreach (var isTls in endpoints.Select(endpoint => endpoint.IsTls).Distinct().Where(isTls => match.IsTls is null || match.IsTls == isTls))
            {
                config.Route(id, template with
                {
                    Endpoints = [.. endpoints.Where(endpoint => endpoint.IsTls == isTls).Select(endpoint => endpoint.Id)],
                    Match = match.ToMatch(),
                    ClusterId = clusterId,
                    Tls = isTls ? L4RouteTls.Terminate : null,
                });
            }
        }
    }

    /// <summary>Reads a route and those inside of it, down to what answers or proxies; false where one of them cannot be carried over, which is said.</summary>
    private static bool TryRead(SourceObject route, CaddyHttpMatch outer, L4Route template, int depth, List<(CaddyHttpMatch Match, L4Route Route, L4Cluster? Cluster)> read)
    {
        if (outer.And(route) is not { } match)
            return false;
        foreach (var handler in route.Objects("handle"))
        {
            switch (handler.Text("handler"))
            {
                case "headers":
                    ReadHeaders(handler, ref template);
                    continue;
                case "rewrite" when CaddyRewrite.TryAdd(handler, ref template):
                    continue;
                case "rewrite":
                    return false;
                // Without it a request goes to the same place.
                case "encode":
                    handler.LeftOut("", "Routes go without it.");
                    continue;
                case "static_response":
                    if (template.Metadata is not null)
                        handler.LeftOut("", "An answer of the route's own goes without the headers that are changed before.");
                    if (!CaddyAnswer.TryAdd(handler, ref template))
                        return false;
                    read.Add((match, template with { Metadata = null, Http = template.Http! with { Rewrite = null } }, null));
                    return true;
                case "subroute" when depth < MaxDepth && handler.Objects("routes") is { Count: > 0 } inner:
                    return TryReadAll(inner, match, template, depth + 1, read);
                case "reverse_proxy" when Cluster(handler, match.Hosts) is { } cluster:
                    if (handler.Object("headers") is { } headers)
                        ReadHeaders(headers, ref template);
                    if (handler.Object("rewrite") is { } rewrite && !CaddyRewrite.TryAdd(rewrite, ref template))
                        return false;
                    handler.Rest();
                    read.Add((match, template, cluster));
                    return true;
                case "reverse_proxy":
                    return false;
                default:
                    handler.Lost("handler", $"It is more than 'reverse_proxy', 'static_response', 'rewrite' and 'headers'. {NotLike}");
                    return false;
            }
        }
        route.Lost("handle", $"Nothing answers at its end. {NotLike}");
        return false;
    }

    private static bool TryReadAll(List<SourceObject> routes, CaddyHttpMatch match, L4Route template, int depth, List<(CaddyHttpMatch Match, L4Route Route, L4Cluster? Cluster)> read)
    {
        foreach (var route in routes)
        {
            if (!TryRead(route, match, template, depth, read))
                return false;
            // Behind one that takes all nobody comes.
            if (route.Objects("match").Count == 0)
                return true;
        }
        return true;
    }

    /// <summary>Headers that are set, added and taken away, of requests and of answers; those whose values are found out for each request are not.</summary>
    private static void ReadHeaders(SourceObject headers, ref L4Route route)
    {
        headers.Text("handler");
        foreach (var (key, of) in ((string, string)[])[("request", HeaderChanges.Request), ("response", HeaderChanges.Response)])
        {
            if (headers.Object(key) is not { } changes)
                continue;
            foreach (var (name, change) in ((string, string)[])[("set", HeaderChanges.Set), ("add", HeaderChanges.Add)])
            {
                foreach (var header in changes.Object(name)?.Keys ?? [])
                {
                    if (changes.Object(name)!.Texts(header) is not [var value] || value.Contains('{', StringComparison.Ordinal) || !HeaderChanges.TryPut(ref route, of, change, header, value))
                        changes.Lost(name, $"'{header}' is not changed: here a header has one value, which is the same for all requests, and 'Host' stays.");
                }
            }
            foreach (var header in changes.Texts("delete") ?? [])
            {
                if (!HeaderChanges.TryPut(ref route, of, HeaderChanges.Remove, header, ""))
                    changes.Lost("delete", $"'{header}' is not taken away.");
            }
            changes.Rest();
        }
        headers.Rest();
    }

    private static L4Cluster? Cluster(SourceObject proxy, IReadOnlyList<string>? hosts)
    {
        var cluster = CaddyProxy.ReadHttp(proxy, hosts);
        if (cluster is null)
            proxy.Lost("upstreams", $"They are none that can be dialled. {NotLike}");
        return cluster;
    }
}
