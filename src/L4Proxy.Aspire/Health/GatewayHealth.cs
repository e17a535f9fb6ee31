using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using L4Proxy.Aspire.Gateway;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace L4Proxy.Aspire.Health;

/// <summary>Has Aspire ask a gateway whether it works: without that a resource is healthy as soon as its process runs.</summary>
internal static class GatewayHealth
{
    public static void Add<T>(IResourceBuilder<T> builder, GatewayAnnotation gateway)
        where T : IResourceWithEndpoints
    {
        var key = $"{builder.Resource.Name}_l4proxy";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new(key, _ => new GatewayHealthCheck(builder.Resource, gateway), HealthStatus.Unhealthy, tags: null));
        builder.WithHealthCheck(key);
    }
}
