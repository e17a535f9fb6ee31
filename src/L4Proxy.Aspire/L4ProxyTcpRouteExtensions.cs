using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Gateway;

namespace Aspire.Hosting;

/// <summary>Routes of plain TCP: a broker, a database, SSH.</summary>
public static class L4ProxyTcpRouteExtensions
{
    /// <summary>Has the gateway relay what connects to its endpoint <paramref name="name"/> to <paramref name="target"/>.</summary>
    /// <typeparam name="T">A project, an executable or a container.</typeparam>
    /// <param name="builder">The gateway.</param>
    /// <param name="name">The gateway's endpoint, which is made where it is not there yet, without Aspire's own proxy before it. Consumers reference it.</param>
    /// <param name="target">Where to: an endpoint of another resource. It must be declared already.</param>
    /// <param name="port">The port that clients connect to. Default: a free one.</param>
    /// <param name="options">What else there is to say; null for nothing.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is not 1 to 65535.</exception>
    /// <exception cref="DistributedApplicationException">There is no such target, it is UDP, the gateway has such a route already, or the port is taken.</exception>
    [AspireExport]
    public static IResourceBuilder<T> WithTcpRoute<T>(this IResourceBuilder<T> builder, [EndpointName] string name, EndpointReference target, int? port = null, L4RouteOptions? options = null)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(target);
        return Gateways.AddRoute(builder, RouteKind.Tcp, name, host: null, [target], port, options);
    }

    /// <summary>Has the gateway relay what connects to its endpoint <paramref name="name"/> to one of several targets.</summary>
    /// <typeparam name="T">A project, an executable or a container.</typeparam>
    /// <param name="builder">The gateway.</param>
    /// <param name="name">The gateway's endpoint, which is made where it is not there yet, without Aspire's own proxy before it. Consumers reference it.</param>
    /// <param name="targets">Where to: endpoints of other resources. They must be declared already.</param>
    /// <param name="options">What else there is to say, such as <see cref="L4RouteOptions.LoadBalancingPolicy"/>, <see cref="L4RouteOptions.Port"/> included.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty, or there are no targets.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is not 1 to 65535.</exception>
    /// <exception cref="DistributedApplicationException">There is no such target, one is UDP, the gateway has such a route already, or the port is taken.</exception>
    [AspireExportIgnore(Reason = "Of overloads one is exported.")]
    public static IResourceBuilder<T> WithTcpRoute<T>(this IResourceBuilder<T> builder, [EndpointName] string name, IEnumerable<EndpointReference> targets, L4RouteOptions options)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(options);
        return Gateways.AddRoute(builder, RouteKind.Tcp, name, host: null, targets, port: null, options);
    }
}
