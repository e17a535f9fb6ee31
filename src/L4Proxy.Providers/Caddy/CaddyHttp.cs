using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Providers.Http;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>
/// Of <c>apps.http</c> what agents send: routes by host that lead to a <c>reverse_proxy</c> become routes of HTTP requests. It is not layer 4, so that what cannot be carried over is left out, and said.
/// A server without routes listens on nothing.
/// </summary>
/// <param name="config">Takes it.</param>
/// <param name="certificates">What Caddy loads from files, for servers whose TLS ends here.</param>
/// <param name="resolve">Looks a name up that is listened on.</param>
internal sealed class CaddyHttp(ImportedConfig config, IReadOnlyList<L4Certificate> certificates, Func<string, IPAddress?> resolve)
{
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
        if (NamesOf(route) is not { } match || ProxyOf(route) is not { } proxy || Cluster(proxy) is not { } cluster)
            return;
        var clusterId = config.Cluster(id, cluster);
        var template = new L4Route();
        foreach (var headers in route.Objects("handle").Where(handler => handler.Text("handler") == "headers").Append(proxy.Object("headers")).OfType<SourceObject>())
            ReadHeaders(headers, ref template);
        proxy.Rest();
        foreach (var isTls in endpoints.Select(endpoint => endpoint.IsTls).Distinct())
        {
            config.Route(id, template with
            {
                Endpoints = [.. endpoints.Where(endpoint => endpoint.IsTls == isTls).Select(endpoint => endpoint.Id)],
                Mode = L4RouteMode.L7,
                Match = match,
                ClusterId = clusterId,
                Tls = isTls ? L4RouteTls.Terminate : null,
            });
        }
    }

    /// <summary>Hosts and paths; null where something else is asked for, or no host.</summary>
    private static L4Match? NamesOf(SourceObject route)
    {
        if (route.Objects("match") is not [var match] || match.Keys.Any(key => key is not ("host" or "path")) || match.Texts("host") is not { Count: > 0 } hosts)
        {
            route.Lost("match", "A route of HTTP requests here is found by one set of hosts, and perhaps paths: the route is left out.");
            return null;
        }
        if (hosts.Exists(host => host.Contains('*', StringComparison.Ordinal)))
            match.Lost("host", "'*' is any number of labels in a route of HTTP requests here.");
        var paths = match.Texts("path");
        if (paths?.Exists(path => !path.EndsWith('*') || path.AsSpan(0, path.Length - 1).Contains('*') || !path.StartsWith('/')) == true)
        {
            match.Lost("path", "Paths here are prefixes, as '/api/*': the route is left out.");
            return null;
        }
        return new() { Sni = hosts, Path = paths is null ? null : [.. paths.Select(path => path[..^1])] };
    }

    /// <summary>The proxy at the end; null where something else is done with requests.</summary>
    private static SourceObject? ProxyOf(SourceObject route)
    {
        var handlers = route.Objects("handle");
        if (handlers is [var one] && one.Text("handler") == "subroute" && one.Objects("routes") is [var inner] && inner.Objects("match").Count == 0)
            return ProxyOf(inner);
        if (handlers is [.. var before, var proxy] && proxy.Text("handler") == "reverse_proxy" && before.TrueForAll(handler => handler.Text("handler") == "headers"))
            return proxy;
        route.Lost("handle", $"It is more than one 'reverse_proxy'. {NotLike}");
        return null;
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

    private static L4Cluster? Cluster(SourceObject proxy)
    {
        var cluster = CaddyProxy.ReadHttp(proxy);
        if (cluster is null)
            proxy.Lost("upstreams", $"They are none that can be dialled. {NotLike}");
        return cluster;
    }
}
