using L4Proxy;
using L4Proxy.Health;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds L4Proxy to the health checks of a host.</summary>
public static class L4ProxyHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of the proxy: it fails where an address of an endpoint cannot be bound, and from the moment when the host begins to
    /// stop; it is degraded while the newest configuration has errors, so that the one before is in force, while the store cannot be
    /// reached, and while a cluster that routes lead to has no destination that works. Its data name them: <c>endpoints</c> those that do
    /// not listen, <c>errors</c> what is wrong with the configuration, <c>store</c> why that cannot be reached, and <c>clusters</c>.
    /// </summary>
    /// <param name="builder">What <c>services.AddHealthChecks()</c> returned.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What it answers when it fails; null is unhealthy.</param>
    /// <param name="tags">Tags to choose the check by.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="name"/> is null.</exception>
    public static IHealthChecksBuilder AddL4Proxy(
        this IHealthChecksBuilder builder, string name = "l4proxy", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        return builder.Add(new HealthCheckRegistration(name, Create, failureStatus, tags));
    }

    private static L4ProxyHealthCheck Create(IServiceProvider services) => services.GetService<IL4Endpoints>() is null
        ? throw new InvalidOperationException("AddHealthChecks().AddL4Proxy() needs services.AddL4Proxy().")
        : ActivatorUtilities.CreateInstance<L4ProxyHealthCheck>(services);
}
