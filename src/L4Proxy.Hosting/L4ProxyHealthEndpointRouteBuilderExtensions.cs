using L4Proxy.Health;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Puts L4Proxy's answers for load balancers and orchestrators among the endpoints of an application.</summary>
public static class L4ProxyHealthEndpointRouteBuilderExtensions
{
    private static readonly string[] s_methods = ["GET", "HEAD"];

    /// <summary>
    /// Serves <c>/healthz</c> and <c>/readyz</c>. <c>/healthz</c> is 200 while the process works, also while it stops. <c>/readyz</c> is 200 while every own endpoint listens, and 503 as
    /// soon as the host begins to stop, while its sockets still listen: so who sends clients here stops that in time. A newest configuration that was refused, a store that cannot be reached
    /// and a cluster without a destination that works are said in its body, and it stays 200. Unlike the admin API they answer everybody.
    /// </summary>
    /// <param name="endpoints">The endpoints of the application.</param>
    /// <returns>The endpoints that were added.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoints"/> is null.</exception>
    /// <exception cref="InvalidOperationException"><c>AddL4Proxy()</c> was not called.</exception>
    public static IEndpointConventionBuilder MapL4ProxyHealth(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var readiness = endpoints.ServiceProvider.GetService<ProxyReadiness>() ?? throw new InvalidOperationException("AddL4Proxy() was not called.");
        var group = endpoints.MapGroup("");
        group.MapMethods("/healthz", s_methods, http => HealthAnswer.AliveAsync(http, readiness)).WithDisplayName("L4Proxy health");
        group.MapMethods("/readyz", s_methods, http => HealthAnswer.ReadyAsync(http, readiness)).WithDisplayName("L4Proxy readiness");
        return group;
    }
}
