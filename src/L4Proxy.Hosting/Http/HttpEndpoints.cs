using System.Net;
using L4Proxy.Kestrel;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Http;

/// <summary>Which endpoint a request came to, and how.</summary>
internal sealed class HttpEndpoints(HttpRoutes routes, SharedEndpoints shared)
{
    /// <summary>Null where it came to none.</summary>
    public HandedOverFeature? Of(HttpContext context)
    {
        if (context.Features.Get<HandedOverFeature>() is { } handedOver)
            return handedOver;
        // QUIC is Kestrel's alone, always TLS, and on the port of an endpoint of ours.
        return context.Request.Protocol == HttpProtocol.Http3 && AtPort(context.Connection.LocalPort) is { } id ? new HandedOverFeature(id, Hello: null, HasEndedTls: true) : null;
    }

    private string? AtPort(int port) => routes.Current.Snapshot is not { HttpRoutes.Count: > 0, Endpoints: var endpoints } ? null : endpoints.Values
        .FirstOrDefault(endpoint => endpoint.IsShared && shared.AddressesOf(endpoint).OfType<IPEndPoint>().Any(address => address.Port == port))?.Id;
}
