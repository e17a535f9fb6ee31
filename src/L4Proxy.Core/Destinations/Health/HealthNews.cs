using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Destinations.Health;

/// <summary>Who is told what becomes of destinations: the log, and whoever ends their connections.</summary>
internal sealed class HealthNews(ILogger<HealthNews> log)
{
    /// <summary>Ends every connection and flow to a destination.</summary>
    public Action<DestinationState>? Cutting { get; set; }

    public void Ejected(DestinationState destination, L4EndReason why, long milliseconds) =>
        log.DestinationEjected(destination.Id, destination.Cluster.Id, TimeSpan.FromMilliseconds(milliseconds), why);

    public void Returned(DestinationState destination) => log.DestinationReturned(destination.Id, destination.Cluster.Id);

    /// <summary>Elsewhere: whoever finds out goes on at once.</summary>
    public void Cut(DestinationState destination)
    {
        if (Cutting is { } cutting)
            ThreadPool.UnsafeQueueUserWorkItem(static item => item.Cutting(item.Destination), (Cutting: cutting, Destination: destination), preferLocal: false);
    }
}
