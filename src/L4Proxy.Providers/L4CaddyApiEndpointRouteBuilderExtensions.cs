using L4Proxy;
using L4Proxy.Providers.Caddy.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts Caddy's admin API among the endpoints of an application.</summary>
public static class L4CaddyApiEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves Caddy's admin API (<c>/config/</c>, <c>/id/</c>, <c>/load</c>), so that agents that are written for a Caddy with the layer4 app push to L4Proxy. A write answers when it is in
    /// force, or says why it is not, and then nothing has changed. It is guarded as <c>MapL4ProxyApi</c> is.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="configure">Sets who may talk to it. Its <see cref="L4ProxyApiOptions.MaxRequestsPerSecond"/> is not used.</param>
    /// <returns>The endpoints that were added.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><c>AddL4ProxyCaddyApi()</c> was not called.</exception>
    public static IEndpointConventionBuilder MapL4ProxyCaddyApi(this IEndpointRouteBuilder endpoints, Action<L4ProxyApiOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = new L4ProxyApiOptions();
        configure?.Invoke(options);
        return CaddyApi.Map(endpoints, endpoints.ServiceProvider.GetService<CaddyAdmin>() ?? throw new InvalidOperationException("AddL4ProxyCaddyApi() was not called."), options);
    }
}
