using L4Proxy.Snapshot;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace L4Proxy.Health;

/// <summary>Whether the proxy does what the newest configuration says.</summary>
internal sealed class L4ProxyHealthCheck(IL4Endpoints endpoints, ProxyServer server, ConfigLoader loader) : IHealthCheck
{
    /// <summary>Key of the endpoints that do not listen.</summary>
    public const string EndpointsKey = "endpoints";

    /// <summary>Key of the errors of a configuration that was refused.</summary>
    public const string ErrorsKey = "errors";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var all = endpoints.GetAll();
        var errors = loader.Errors;
        var data = new Dictionary<string, object>();
        if (all.Where(e => e.State != L4EndpointState.Listening).Select(e => e.ToString()).ToArray() is { Length: > 0 } others)
            data[EndpointsKey] = others;
        if (errors.Count > 0)
            data[ErrorsKey] = errors.Select(e => e.ToString()).ToArray();
        var (status, text) = Judge(all, errors.Count > 0, context.Registration.FailureStatus);
        return Task.FromResult(new HealthCheckResult(status, text, exception: null, data));
    }

    private (HealthStatus Status, string Text) Judge(IReadOnlyList<L4EndpointStatus> all, bool isRefused, HealthStatus failure)
    {
        if (server.Snapshot.Revision == 0)
            return (failure, "It has not started.");
        if (server.IsDraining)
            return (failure, "The host stops: nothing new is taken.");
        if (all.Where(e => e.State == L4EndpointState.Failed).Select(e => e.Id).ToList() is { Count: > 0 } failed)
            return (failure, $"Addresses of these endpoints cannot be bound: {string.Join(", ", failed)}.");
        return isRefused
            ? (HealthStatus.Degraded, "The newest configuration has errors; the one before is in force.")
            : (HealthStatus.Healthy, "The newest configuration is in force.");
    }
}
