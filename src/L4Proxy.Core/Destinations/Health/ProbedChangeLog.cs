using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Destinations.Health;

/// <summary>The lines of the log that say what probes have changed.</summary>
internal static class ProbedChangeLog
{
    /// <summary>Says it, if there is something to say.</summary>
    public static void Tell(this ILogger log, DestinationModel destination, ProbedChange change)
    {
        if (change.From == change.To)
            return;
        var (id, cluster, reason) = (destination.Id, destination.State.Cluster.Id, destination.State.Probed.Reason ?? "");
        switch (change.To)
        {
            case ProbedStatus.Down:
                log.DestinationDown(id, cluster, reason);
                break;
            case ProbedStatus.Maintenance:
                log.DestinationInMaintenance(id, cluster, reason);
                break;
            case ProbedStatus.Draining:
                log.DestinationDraining(id, cluster, reason);
                break;
            default:
                log.DestinationUp(id, cluster);
                break;
        }
    }
}
