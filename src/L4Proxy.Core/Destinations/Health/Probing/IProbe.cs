using System.Net;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>What probes of one type do.</summary>
internal interface IProbe
{
    /// <summary>Probes one address. Whatever it throws is why it has failed.</summary>
    Task<ProbeOutcome> RunAsync(ProbeRun run, EndPoint endPoint, CancellationToken cancellation);
}
