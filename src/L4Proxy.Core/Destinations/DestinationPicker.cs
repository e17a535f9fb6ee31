using System.Buffers;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Diagnostics;

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

    /// <summary>The next destination, to be given to <see cref="Note"/>; null when there is none left.</summary>
    public ValueTask<DestinationState?> NextAsync(TriedDestinations tried, ISessionRecord session) =>
        tried.IsEmpty ? _balancer.PickAsync(_destinations, session) : PickUntriedAsync(tried, session);

    /// <summary>Notes that one was picked: <see cref="NextAsync"/> does not give it again.</summary>
    public void Note(ref TriedDestinations tried, DestinationState picked)
    {
        if (Array.IndexOf(_destinations, picked) is >= 0 and var index)
            tried.Add(index);
    }

    private ValueTask<DestinationState?> PickUntriedAsync(TriedDestinations tried, ISessionRecord session)
    {
        var candidates = ArrayPool<DestinationState>.Shared.Rent(_destinations.Length);
        var count = 0;
        for (var i = 0; i < _destinations.Length; i++)
        {
            if (!tried.Contains(i))
                candidates[count++] = _destinations[i];
        }

        var picked = _balancer.PickAsync(candidates.AsSpan(0, count), session);

        // The pool must not keep a removed destination alive.
        candidates.AsSpan(0, count).Clear();
        ArrayPool<DestinationState>.Shared.Return(candidates);
        return picked;
    }
}
