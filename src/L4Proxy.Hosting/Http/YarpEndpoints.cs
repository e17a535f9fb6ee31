using L4Proxy.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using YarpRoute = Yarp.ReverseProxy.Model.RouteModel;

namespace L4Proxy.Http;

/// <summary>What YARP has made of routes of HTTP requests: the application's endpoints that proxy them.</summary>
internal sealed class YarpEndpoints(IServiceProvider services)
{
    private volatile Known? _known;

    /// <summary>The route of YARP's that is one of L4Proxy's; null for the application's own, and for what is not YARP's.</summary>
    public static YarpRoute? OursOf(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<YarpRoute>() is { } route && HttpRouteMapper.IsOurs(route.Config) ? route : null;

    /// <summary>The endpoint that proxies a route's requests; null where YARP has none yet, or no more.</summary>
    public Endpoint? Find(RouteModel route) => (_known is { Changed.HasChanged: false } known ? known : Read()).ById.GetValueOrDefault(route.Id);

    private Known Read()
    {
        var source = services.GetRequiredService<EndpointDataSource>();
        // Asked for before what it is about is read: a change in between is seen twice rather than never.
        var changed = source.GetChangeToken();
        return _known = new Known(changed, source.Endpoints.Select(endpoint => (Route: OursOf(endpoint), Endpoint: endpoint)).Where(item => item.Route is not null)
            .ToDictionary(item => item.Route!.Config.RouteId[HttpRouteMapper.Prefix.Length..], item => item.Endpoint, StringComparer.OrdinalIgnoreCase));
    }

    private sealed record Known(IChangeToken Changed, Dictionary<string, Endpoint> ById);
}
