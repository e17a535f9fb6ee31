using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Gateway;

namespace Aspire.Hosting;

/// <summary>Routes of HTTP requests by their host, beside TLS passthrough and on the same endpoint.</summary>
public static class L4ProxyHttpRouteExtensions
{
    /// <summary>Has the gateway proxy HTTP requests for <paramref name="host"/> to <paramref name="target"/>.</summary>
    /// <typeparam name="T">A project, an executable or a container.</typeparam>
    /// <param name="builder">The gateway. An application of one's own calls <c>app.MapReverseProxy()</c>.</param>
    /// <param name="name">
    /// The gateway's endpoint; any number of routes share it. Where it is an <c>http</c> or <c>https</c> endpoint of the resource already,
    /// as of a project's launch profile, its TLS ends as the application says. Where it is made here it is plain HTTP, or HTTPS with
    /// <see cref="L4RouteOptions.CertificatePath"/>.
    /// </param>
    /// <param name="host">The host of the requests: <c>web.example.com</c> or <c>*.web.example.com</c>.</param>
    /// <param name="target">Where to: an <c>http</c> or <c>https</c> endpoint of another resource. It must be declared already.</param>
    /// <param name="port">The port that clients connect to. Default: a free one.</param>
    /// <param name="options">What else there is to say; null for nothing.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="host"/> is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="port"/> is not 1 to 65535.</exception>
    /// <exception cref="DistributedApplicationException">There is no such target, something is UDP, the endpoint has a route of that host already, or the port is taken.</exception>
    [AspireExport]
    public static IResourceBuilder<T> WithHttpRoute<T>(this IResourceBuilder<T> builder, [EndpointName] string name, string host, EndpointReference target, int? port = null, L4RouteOptions? options = null)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(target);
        return Gateways.AddRoute(builder, RouteKind.Http, name, host, [target], port, options);
    }

    /// <summary>Has the gateway proxy HTTP requests for <paramref name="host"/> to one of several targets.</summary>
    /// <typeparam name="T">A project, an executable or a container.</typeparam>
    /// <param name="builder">The gateway. An application of one's own calls <c>app.MapReverseProxy()</c>.</param>
    /// <param name="name">The gateway's endpoint; any number of routes share it. Where it is not there yet it is made.</param>
    /// <param name="host">The host of the requests: <c>web.example.com</c> or <c>*.web.example.com</c>.</param>
    /// <param name="targets">Where to: <c>http</c> or <c>https</c> endpoints of other resources. They must be declared already.</param>
    /// <param name="options">What else there is to say, <see cref="L4RouteOptions.Port"/> included.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> or <paramref name="host"/> is empty, or there are no targets.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is not 1 to 65535.</exception>
    /// <exception cref="DistributedApplicationException">There is no such target, something is UDP, the endpoint has a route of that host already, or the port is taken.</exception>
    [AspireExportIgnore(Reason = "Of overloads one is exported.")]
    public static IResourceBuilder<T> WithHttpRoute<T>(this IResourceBuilder<T> builder, [EndpointName] string name, string host, IEnumerable<EndpointReference> targets, L4RouteOptions options)
        where T : IResourceWithEndpoints, IResourceWithEnvironment
    {
        ArgumentException.ThrowIfNullOrEmpty(host);
        ArgumentNullException.ThrowIfNull(options);
        return Gateways.AddRoute(builder, RouteKind.Http, name, host, targets, port: null, options);
    }
}
