using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>The servers of <c>apps.layer4</c>: what they listen on become endpoints. Of two that listen on one address the routes are put together; Caddy deals connections out to them by chance.</summary>
/// <param name="config">Takes them.</param>
/// <param name="notes">Takes what is lost.</param>
/// <param name="certificates">What Caddy loads from files.</param>
/// <param name="resolve">Looks a name up that is listened on; null where that is not known.</param>
internal sealed class CaddyServers(ImportedConfig config, ImportNotes notes, IReadOnlyList<L4Certificate> certificates, Func<string, IPAddress?> resolve)
{
    public void Read(SourceObject layer4)
    {
        if (layer4.Object("servers") is { } servers)
        {
            foreach (var name in servers.Keys)
            {
                if (servers.Object(name) is { } server)
                    Read(name, server);
            }
        }
        layer4.Rest();
    }

    private void Read(string name, SourceObject server)
    {
        var prefaceTimeout = server.Duration("matching_timeout");
        var idle = server.Duration("idle_timeout");
        var endpoints = EndpointsOf(name, server, prefaceTimeout);
        var routes = server.Objects("routes");
        if (endpoints.Count > 0)
        {
            var number = 0;
            foreach (var route in routes)
                new CaddyRoute(config, notes, endpoints, certificates, idle).Read($"{name}-{number}", route, isFirst: number++ == 0);
        }
        server.Rest();
    }

    private List<CaddyListen> EndpointsOf(string name, SourceObject server, TimeSpan? prefaceTimeout)
    {
        var endpoints = new List<CaddyListen>();
        foreach (var text in server.Texts("listen") ?? [])
        {
            if (CaddyAddress.TryParseListen(text, resolve, out var url, out var error))
                endpoints.Add(new(config.Endpoint(name, new() { Url = url, PrefaceTimeout = prefaceTimeout }), url.StartsWith("udp:", StringComparison.Ordinal)));
            else
                server.Lost("listen", $"'{text}': {error}");
        }
        return endpoints;
    }
}
