using System.Diagnostics.Metrics;
using L4Proxy.Snapshot;
using L4Proxy.Timing;

namespace L4Proxy.Status;

/// <summary>The instrument <c>l4proxy.destinations.healthy</c>: 1 for each destination that nothing is known against, else 0. Costs something only when it is asked.</summary>
internal sealed class DestinationMetrics(IMeterFactory meters, CoarseClock clock)
{
    /// <summary>Begins.</summary>
    /// <param name="inForce">The configuration of the moment.</param>
    public void Start(Func<ProxySnapshot> inForce) => meters.Create("L4Proxy").CreateObservableUpDownCounter(
        "l4proxy.destinations.healthy", () => Measure(inForce()), "{destination}", "Destinations that nothing is known against");

    private IEnumerable<Measurement<long>> Measure(ProxySnapshot snapshot) =>
        from cluster in snapshot.Clusters.Values
        from destination in cluster.Destinations
        select new Measurement<long>(
            DestinationHealthReader.HealthOf(destination, clock.Now) == L4DestinationHealth.Healthy ? 1 : 0, new("cluster", cluster.Id), new KeyValuePair<string, object?>("destination", destination.Id));
}
