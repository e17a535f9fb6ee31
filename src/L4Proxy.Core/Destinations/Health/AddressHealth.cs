using System.Net;

namespace L4Proxy.Destinations.Health;

/// <summary>That one address does not work. <see cref="AddressHealths"/> guards it.</summary>
internal sealed class AddressHealth(EndPoint endPoint)
{
    private readonly Refusals _refusals = new();

    public EndPoint EndPoint { get; } = endPoint;

    public Ejection Ejection { get; } = new();

    /// <summary>Until when others come first.</summary>
    public long AvoidedUntil => Math.Max(_refusals.Until, Ejection.Until);

    public void NoteFailed(HealthPolicy policy, long now)
    {
        _refusals.TryNote(now);
        if (policy.IsWatched && Ejection.NoteFailure(policy, now))
            Ejection.Begin(policy, now);
    }

    /// <summary>It answered what began at a time.</summary>
    /// <returns>Whether nothing is held against it any more.</returns>
    public bool TryEnd(long begunAt) => Ejection.TryEnd(begunAt);
}
