using Yarp.ReverseProxy.Configuration;

namespace Snippets;

/// <summary>Keeps a client with the destination that served it first, by a cookie, in clusters whose <c>Metadata</c> have <c>Sticky</c>: its value is the cookie's name.</summary>
internal sealed class StickyClusters : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) => new(
        cluster.Metadata?.GetValueOrDefault("Sticky") is { } cookie
            ? cluster with { SessionAffinity = new() { Enabled = true, Policy = "HashCookie", AffinityKeyName = cookie } }
            : cluster);

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) => new(route);
}
