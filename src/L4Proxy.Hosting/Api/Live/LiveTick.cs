using System.Collections.Immutable;

namespace L4Proxy.Api.Live;

/// <summary>What all watchers are told of one second. Shared by them, and immutable.</summary>
/// <param name="Number">Counts them: who misses one sees that.</param>
/// <param name="At">When it was over.</param>
/// <param name="Sessions">What has become of connections and flows.</param>
/// <param name="Destinations">How the destinations are now.</param>
/// <param name="Loads">The last configurations that were loaded or refused, the oldest first.</param>
internal sealed record LiveTick(long Number, DateTimeOffset At, SessionChanges Sessions, IReadOnlyList<L4DestinationStatus> Destinations, ImmutableList<ConfigLoad> Loads)
{
    private readonly Lazy<Traffic> _traffic = new(() => new Traffic(At, Sessions));

    /// <summary>What went through, by object: found out once, when somebody wants to know.</summary>
    public Traffic Traffic => _traffic.Value;
}
