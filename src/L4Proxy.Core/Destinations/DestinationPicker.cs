using System.Buffers;
using L4Proxy.Destinations.LoadBalancing;

namespace L4Proxy.Destinations;

/// <summary>
/// Gives a connection one destination of a cluster after the other, each at most once, in the order of the cluster's
/// policy. Immutable: a reload makes a new one from the states that it keeps.
/// </summary>
internal sealed class DestinationPicker
{
    private readonly DestinationState[] _destinations;
    private readonly LoadBalancer _balancer;

    /// <summary>A picker of <paramref name="destinations"/>, in their order.</summary>
    public DestinationPicker(ReadOnlySpan<DestinationState> destinations, LoadBalancer balancer)
    {
        _destinations = destinations.ToArray();
        _balancer = balancer;
    }

    /// <summary>How many could be picked.</summary>
    public int Count => _destinations.Length;

    /// <summary>
    /// The next destination, to be given to <see cref="Note"/>; null when there is none left. One that refused lately comes only
    /// where there is no other.
    /// </summary>
    public ValueTask<DestinationState?> NextAsync(TriedDestinations tried, IBalancedSession session, long now) =>
        tried.IsEmpty && !HaveRefused(now) ? _balancer.PickAsync(_destinations, session) : PickUntriedAsync(tried, session, now);

    /// <summary>Whether one was noted.</summary>
    public bool IsNoted(TriedDestinations tried, DestinationState destination) =>
        Array.IndexOf(_destinations, destination) is >= 0 and var index && tried.Contains(index);

    /// <summary>Notes that one was picked: <see cref="NextAsync"/> does not give it again.</summary>
    public void Note(ref TriedDestinations tried, DestinationState picked)
    {
        if (Array.IndexOf(_destinations, picked) is >= 0 and var index)
            tried.Add(index);
    }

    private bool HaveRefused(long now)
    {
        foreach (var destination in _destinations)
        {
            if (destination.Refusals.AreRecent(now))
                return true;
        }
        return false;
    }

    private ValueTask<DestinationState?> PickUntriedAsync(TriedDestinations tried, IBalancedSession session, long now)
    {
        var candidates = ArrayPool<DestinationState>.Shared.Rent(_destinations.Length);
        // Who has met one that refuses is not sent to try another that did.
        if (!TryCollect(tried, candidates, tried.IsEmpty ? now : Refusals.Ever, out var count) && !TryCollect(tried, candidates, now, out count))
            TryCollect(tried, candidates, long.MaxValue, out count);

        var picked = _balancer.PickAsync(candidates.AsSpan(0, count), session);

        // The pool must not keep a removed destination alive.
        candidates.AsSpan(0, count).Clear();
        ArrayPool<DestinationState>.Shared.Return(candidates);
        return picked;
    }

    /// <summary>Those that were not tried and have not refused lately.</summary>
    /// <returns>Whether one of them may be picked.</returns>
    private bool TryCollect(TriedDestinations tried, DestinationState[] candidates, long now, out int count)
    {
        count = 0;
        var any = false;
        for (var i = 0; i < _destinations.Length; i++)
        {
            if (tried.Contains(i) || _destinations[i].Refusals.AreRecent(now))
                continue;
            candidates[count++] = _destinations[i];
            any |= _destinations[i].Weight > 0;
        }
        return any;
    }
}
