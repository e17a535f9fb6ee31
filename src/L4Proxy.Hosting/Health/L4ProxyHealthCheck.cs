using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace L4Proxy.Health;

/// <summary>Whether the proxy does what the newest configuration says.</summary>
internal sealed class L4ProxyHealthCheck(ProxyReadiness readiness) : IHealthCheck
{
    /// <summary>Key of the endpoints that do not listen.</summary>
    public const string EndpointsKey = "endpoints";

    /// <summary>Key of the errors of a configuration that was refused.</summary>
    public const string ErrorsKey = "errors";

    /// <summary>Key of why the store cannot be reached.</summary>
    public const string StoreKey = "store";

    /// <summary>Key of the clusters without a destination that works.</summary>
    public const string ClustersKey = "clusters";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var report = readiness.Look();
        var data = new Dictionary<string, object>();
        if (report.Endpoints.Count > 0)
            data[EndpointsKey] = report.Endpoints.ToArray();
        if (report.Errors.Count > 0)
            data[ErrorsKey] = report.Errors.Select(e => e.ToString()).ToArray();
        if (report.Store is not null)
            data[StoreKey] = report.Store;
        if (report.Clusters.Count > 0)
            data[ClustersKey] = report.Clusters.ToArray();
        var status = report.Status == HealthStatus.Unhealthy ? context.Registration.FailureStatus : report.Status;
        return Task.FromResult(new HealthCheckResult(status, report.Text, exception: null, data));
    }
}
