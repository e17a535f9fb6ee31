using L4Proxy.Destinations.Health;

namespace L4Proxy.Destinations.Services;

/// <summary>A host of a service, and what is known of it. From any thread.</summary>
/// <param name="Host">It.</param>
/// <param name="Refusals">Whether it was there lately; outlives a lookup that finds the same host and port again.</param>
internal sealed record ServiceTarget(ServiceHost Host, Refusals Refusals)
{
    /// <summary>Whether others come first.</summary>
    public bool IsRefusing(long now) => Refusals.Until > now;
}
