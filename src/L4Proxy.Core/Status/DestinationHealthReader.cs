using L4Proxy.Destinations;
using L4Proxy.Destinations.Health;
using L4Proxy.Timing;

namespace L4Proxy.Status;

/// <inheritdoc/>
internal sealed class DestinationHealthReader(ProxyServer server, CoarseClock clock) : IL4DestinationHealth
{
    public IReadOnlyList<L4DestinationStatus> GetDestinations()
    {
        var (snapshot, now) = (server.Snapshot, clock.Now);
        return
        [
            .. snapshot.Clusters.Values.OrderBy(cluster => cluster.Id, StringComparer.Ordinal)
                .SelectMany(cluster => cluster.Destinations.Select(destination => StatusOf(cluster.Id, destination, HealthOf(destination, now), now))),
            .. snapshot.Leaving.Where(item => item.Destination.State.Active > 0)
                .Select(item => StatusOf(item.ClusterId, item.Destination, L4DestinationHealth.Removed, now)),
        ];
    }

    /// <summary>How a destination of the configuration in force is.</summary>
    public static L4DestinationHealth HealthOf(DestinationModel destination, long now) =>
        !destination.Enabled ? L4DestinationHealth.Disabled : destination.State.Probed.Status switch
        {
            ProbedStatus.Down => L4DestinationHealth.Down,
            ProbedStatus.Maintenance => L4DestinationHealth.Maintenance,
            ProbedStatus.Draining => L4DestinationHealth.Draining,
            _ => HealthOf(destination.State.Ejection, destination.State.Refusals.Until, now),
        };

    private static L4DestinationHealth HealthOf(Ejection ejection, long avoidedUntil, long now) =>
        ejection.Holds(now) ? L4DestinationHealth.Ejected : avoidedUntil != Refusals.None ? L4DestinationHealth.Refusing : L4DestinationHealth.Healthy;

    private static L4DestinationStatus StatusOf(string clusterId, DestinationModel destination, L4DestinationHealth health, long now)
    {
        var (state, last) = (destination.State, destination.State.Probed.Last);
        return new()
        {
            ClusterId = clusterId,
            DestinationId = destination.Id,
            Address = destination.Address.ToString(),
            Health = health,
            AvoidedFor = For(state.Refusals.Until, now),
            LastFailure = state.LastFailure == L4EndReason.None ? null : state.LastFailure,
            DownReason = state.Probed.Status == ProbedStatus.Down ? state.Probed.Reason : null,
            ProbedAt = last?.At,
            ProbeDuration = last?.Took,
            ProbeFailure = last?.Failure,
            WeightPercent = state.Probed.WeightPercent,
            ActiveConnections = state.Active,
            FailingAddresses = destination.Address.IsTemplate ? [.. state.Cluster.Health.Addresses.ToList().Select(address => StatusOf(address, now))] : [],
        };
    }

    private static L4AddressStatus StatusOf(AddressHealth address, long now) => new()
    {
        EndPoint = address.EndPoint,
        Health = HealthOf(address.Ejection, address.AvoidedUntil, now),
        AvoidedFor = For(address.AvoidedUntil, now),
    };

    private static TimeSpan? For(long until, long now) => until > now ? TimeSpan.FromMilliseconds(until - now) : null;
}
