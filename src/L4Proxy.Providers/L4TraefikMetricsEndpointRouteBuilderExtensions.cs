using L4Proxy.Providers.Traefik;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts the metric of Traefik's files among the endpoints of an application.</summary>
public static class L4TraefikMetricsEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Serves <c>traefik_config_last_reload_success</c>, the seconds since 1970 at which the files were taken last, in Prometheus's text format: control planes that write Traefik's files
    /// see by it that they are in force. It is newer than the files where they are.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <param name="pattern">The path. Default: <c>/metrics</c>.</param>
    /// <returns>The endpoint that was added.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException"><c>AddL4ProxyTraefikProvider()</c> was not called.</exception>
    public static IEndpointConventionBuilder MapL4ProxyTraefikMetrics(this IEndpointRouteBuilder endpoints, string pattern = "/metrics")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(pattern);
        var metrics = endpoints.ServiceProvider.GetService<TraefikMetrics>() ?? throw new InvalidOperationException("AddL4ProxyTraefikProvider() was not called.");
        return endpoints.MapGet(pattern, metrics.WriteAsync);
    }
}
