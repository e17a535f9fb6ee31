using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace L4Proxy.Aspire.Gateway;

/// <summary>The endpoints of gateways.</summary>
internal static class GatewayEndpoints
{
    // The first port inside of a container where none is said.
    private const int FirstContainerPort = 10000;

    /// <summary>The endpoint <paramref name="name"/> of a resource; null where it has none.</summary>
    public static EndpointAnnotation? Find(IResource resource, string name) =>
        resource.Annotations.OfType<EndpointAnnotation>().SingleOrDefault(endpoint => endpoint.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether Kestrel listens there, and hands what routes want to the proxy: an endpoint of the application itself.</summary>
    public static bool IsKestrels(GatewayAnnotation gateway, EndpointAnnotation endpoint) => endpoint.UriScheme is "http" or "https" && !gateway.OwnEndpoints.Contains(endpoint.Name);

    /// <summary>Checks a port that was said.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is no port.</exception>
    public static void CheckPort(int? port)
    {
        if (port is < 1 or > IPEndPoint.MaxPort)
            throw new ArgumentOutOfRangeException(nameof(port), port, "A port is 1 to 65535.");
    }

    /// <summary>
    /// Makes the endpoint of a route, or gives the one that is there its port. It is the gateway's own, without Aspire's proxy before it:
    /// that one loses half-closes, cuts datagrams at 4096 bytes, and hides the client.
    /// </summary>
    /// <exception cref="DistributedApplicationException">The port is taken.</exception>
    public static void Declare<T>(IResourceBuilder<T> builder, GatewayAnnotation gateway, GatewayRoute route, int? port)
        where T : IResourceWithEndpoints
    {
        var (name, protocol) = (route.EndpointName, route.Kind == RouteKind.Udp ? ProtocolType.Udp : ProtocolType.Tcp);
        if (port is { } wanted)
            CheckFree(builder.Resource, route, protocol, wanted);
        if (Find(builder.Resource, name) is null)
            Add(builder, gateway, name, SchemeOf(route, protocol), protocol, port);
        builder.WithEndpoint(name, endpoint =>
        {
            if (port is not null)
                SetPort(endpoint, port);
            endpoint.IsExternal = route.Options.IsExternal ?? endpoint.IsExternal;
        }, createIfNotExists: false);
    }

    /// <summary>Adds one of the gateway's own, without Aspire's proxy before it.</summary>
    public static void Add<T>(IResourceBuilder<T> builder, GatewayAnnotation gateway, string name, string scheme, ProtocolType protocol, int? port)
        where T : IResourceWithEndpoints
    {
        gateway.OwnEndpoints.Add(name);
        // Named in a variable of its own, an endpoint of HTTP stays out of ASPNETCORE_URLS: Kestrel is not to bind it.
        var variable = scheme is "http" or "https" ? $"L4PROXY_PORT_{name.ToUpperInvariant().Replace('-', '_')}" : null;
        var targetPort = builder.Resource.IsContainer() ? port ?? NextContainerPort(builder) : port;
        builder.WithEndpoint(port: port, targetPort: targetPort, scheme: scheme, name: name, env: variable, isProxied: false, protocol: protocol);
    }

    // What consumers and the dashboard make a URL of.
    private static string SchemeOf(GatewayRoute route, ProtocolType protocol) =>
        route.Kind != RouteKind.Http ? protocol.ToString().ToLowerInvariant() : route.Options.CertificatePath is null ? "http" : "https";

    private static void SetPort(EndpointAnnotation endpoint, int? port)
    {
        endpoint.Port = port;
        if (!endpoint.IsProxied)
            endpoint.TargetPort = port;
    }

    private static void CheckFree(IResource resource, GatewayRoute route, ProtocolType protocol, int port)
    {
        if (resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(endpoint => endpoint.Protocol == protocol && endpoint.Port == port
            && !endpoint.Name.Equals(route.EndpointName, StringComparison.OrdinalIgnoreCase)) is { } other)
        {
            throw new DistributedApplicationException($"Route '{route.Id}' of resource '{resource.Name}': port {port} is that of its endpoint '{other.Name}' already.");
        }
    }

    // Inside only: on the host it is any that is free. None twice in a model, because others of its network use it as it is.
    private static int NextContainerPort<T>(IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        var taken = builder.ApplicationBuilder.Resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>())
            .SelectMany(endpoint => new[] { endpoint.Port, endpoint.TargetPort }).ToHashSet();
        return Enumerable.Range(FirstContainerPort, IPEndPoint.MaxPort - FirstContainerPort).First(port => !taken.Contains(port));
    }
}
