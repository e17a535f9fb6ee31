using L4Proxy;
using L4Proxy.Api;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts L4Proxy's admin API among the endpoints of an application.</summary>
public static class L4ProxyApiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves the admin API below a path: <c>/l4proxy/v1/routes</c> and so on. What it is told is kept in the store that was chosen, in memory where none was, and is in force when it
    /// answers.
    /// <para>
    /// It answers this machine alone, by a loopback address or a Unix socket, and never on an endpoint that L4Proxy shares with Kestrel. Who adds an authorization to what is returned
    /// (<c>RequireAuthorization</c>) opens it to whom that lets in.
    /// </para>
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="prefix">The path before the version. Default: <c>/l4proxy</c>.</param>
    /// <param name="configure">Sets who may talk to it, and how much.</param>
    /// <returns>The endpoints that were added.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="prefix"/> is no path that begins with <c>/</c>.</exception>
    /// <exception cref="InvalidOperationException"><c>AddL4Proxy()</c> was not called.</exception>
    public static IEndpointConventionBuilder MapL4ProxyApi(this IEndpointRouteBuilder endpoints, string prefix = "/l4proxy", Action<L4ProxyApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        if (prefix[0] != '/')
            throw new ArgumentException("A path begins with '/'.", nameof(prefix));
        var api = endpoints.ServiceProvider.GetService<L4ProxyApi>() ?? throw new InvalidOperationException("AddL4Proxy() was not called.");
        var options = new L4ProxyApiOptions();
        configure?.Invoke(options);
        return api.Map(endpoints, prefix.TrimEnd('/'), options);
    }
}
