using L4Proxy.Configuration;
using L4Proxy.Snapshot;
using L4Proxy.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.Health;

/// <summary>Says whether the proxy is to get connections: what the health check and <c>/readyz</c> say is this.</summary>
internal sealed class ProxyReadiness(IL4Endpoints endpoints, ProxyServer server, ConfigLoader loader, StoreSession store, IL4DestinationHealth health, IServiceProvider services)
{
    // Where there is a host.
    private readonly IHostApplicationLifetime? _lifetime = services.GetService<IHostApplicationLifetime>();

    /// <summary>Whether the host has begun to stop; its sockets still listen for a moment.</summary>
    public bool IsStopping => server.IsStopping || _lifetime?.ApplicationStopping.IsCancellationRequested == true;

    /// <summary>How it is at this moment.</summary>
    public ReadinessReport Look()
    {
        var (all, errors, problem, clusters) = (endpoints.GetAll(), loader.Errors, store.Problem, ClustersWithoutDestination());
        var (status, text) = Judge(all, errors.Count > 0, problem, clusters);
        return new ReadinessReport(status, text)
        {
            Endpoints = [.. all.Where(e => e.State != L4EndpointState.Listening).Select(e => e.ToString())],
            Errors = errors,
            Store = problem,
            Clusters = clusters,
        };
    }

    private (HealthStatus Status, string Text) Judge(IReadOnlyList<L4EndpointStatus> all, bool isRefused, string? problem, string[] clusters)
    {
        if (server.Snapshot.Revision == 0)
            return (HealthStatus.Unhealthy, "It has not started.");
        if (IsStopping)
            return (HealthStatus.Unhealthy, "The host stops: nothing new is taken.");
        if (server.IsDraining)
            return (HealthStatus.Unhealthy, "It was drained: nothing new is taken until that is taken back.");
        if (all.Where(e => e.State == L4EndpointState.Failed).Select(e => e.Id).ToList() is { Count: > 0 } failed)
            return (HealthStatus.Unhealthy, $"Addresses of these endpoints cannot be bound: {string.Join(", ", failed)}.");
        var wrong = new List<string>();
        if (isRefused)
            wrong.Add("The newest configuration has errors; the one before is in force.");
        if (problem is not null)
            wrong.Add("The store cannot be reached; what was read of it last is in force.");
        if (clusters.Length > 0)
            wrong.Add($"No destination of these clusters is known to work: {string.Join(", ", clusters)}.");
        return wrong.Count > 0 ? (HealthStatus.Degraded, string.Join(' ', wrong)) : (HealthStatus.Healthy, "The newest configuration is in force.");
    }

    private string[] ClustersWithoutDestination()
    {
        var snapshot = server.Snapshot;
        var used = snapshot.Config.Routes?.Values.Select(route => route.ClusterId).OfType<string>().ToHashSet() ?? [];
        var working = health.GetDestinations().Where(status => status.Health == L4DestinationHealth.Healthy && WeightOf(snapshot.Config, status) > 0).Select(status => status.ClusterId);
        used.ExceptWith(working);
        return [.. used.Order(StringComparer.Ordinal)];
    }

    private static int WeightOf(L4Config config, L4DestinationStatus status) =>
        config.Clusters?.GetValueOrDefault(status.ClusterId)?.Destinations?.GetValueOrDefault(status.DestinationId) is { } destination ? L4Destination.Keys.Weight.Of(destination) : 0;
}
