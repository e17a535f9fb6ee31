using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Gateway;

namespace Aspire.Hosting;

/// <summary>Routes by the name that a client's TLS asks for; the TLS itself ends at the target.</summary>
public static class L4ProxySniRouteExtensions
{
    /// <summary>Has the gateway pass on TLS for <paramref name="host"/>, untouched, to <paramref name="target"/>.</summary>
    /// <typeparam name="T">A project, an executable or a container.</typeparam>
    /// <param name="builder">The gateway.</param>
    /// <param name="name">
    /// The gateway's endpoint; any number of routes share it. Where it is an <c>http</c> or <c>https</c> endpoint of the resource already,
    /// as of a project's launch profile, the application's own pages go on beside these routes. Where it is not there yet it is made.
    /// </param>
    /// <param name="host">The name of the TLS (SNI): <c>db.example.com</c>, <c>*.db.example.com</c> for any number of labels, <c>*</c> for any name.</param>
    /// <param name="target">Where to: an endpoint of another resource that speaks TLS itself. It must be declared already.</param>
    /// <param name="port">The port that clients connect to. Default: a free one.</param>
    /// <param name="options">What else there is to say; null for nothing.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="host"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is not 1 to 65535.</exception>
    /// <exception cref="DistributedApplicationException">There is no such target, something is UDP, the endpoint has a route of that name already, or the port is taken.</exception>
    [AspireExport]
    public static IResourceBuilder<T> WithSniRoute<T>(this IResourceBuilder<T> builder, [EndpointName] string name, string host, EndpointReference target, int? port = null, L4RouteOptions? options = null)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(target);
        return Gateways.AddRoute(builder, RouteKind.Sni, name, host, [target], port, options);
    }

    /// <summary>Has the gateway pass on TLS for <paramref name="host"/>, untouched, to one of several targets.</summary>
    /// <typeparam name="T">A project, an executable or a container.</typeparam>
    /// <param name="builder">The gateway.</param>
    /// <param name="name">The gateway's endpoint; any number of routes share it. Where it is not there yet it is made.</param>
    /// <param name="host">The name of the TLS (SNI): <c>db.example.com</c>, <c>*.db.example.com</c> for any number of labels, <c>*</c> for any name.</param>
    /// <param name="targets">Where to: endpoints of other resources that speak TLS themselves. They must be declared already.</param>
    /// <param name="options">What else there is to say, <see cref="L4RouteOptions.Port"/> included.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="host"/> is empty, or there are no targets.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is not 1 to 65535.</exception>
    /// <exception cref="DistributedApplicationException">There is no such target, something is UDP, the endpoint has a route of that name already, or the port is taken.</exception>
    [AspireExportIgnore(Reason = "Of overloads one is exported.")]
    public static IResourceBuilder<T> WithSniRoute<T>(this IResourceBuilder<T> builder, [EndpointName] string name, string host, IEnumerable<EndpointReference> targets, L4RouteOptions options)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(options);
        return Gateways.AddRoute(builder, RouteKind.Sni, name, host, targets, port: null, options);
    }
}
