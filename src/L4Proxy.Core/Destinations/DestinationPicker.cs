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

    /// <summary>A picker of the enabled ones among <paramref name="destinations"/>, in their order.</summary>
    public DestinationPicker(ReadOnlySpan<DestinationState> destinations, LoadBalancer balancer)
    {
        _destinations = Array.FindAll(destinations.ToArray(), destination => destination.Enabled);
        _balancer = balancer;
    }

    /// <summary>The next destination, now noted in <paramref name="tried"/>; null when there is none left.</summary>
    public DestinationState? Next(ref TriedDestinations tried)
    {
        var picked = tried.IsEmpty ? _balancer.Pick(_destinations) : PickUntried(tried);
        if (picked is not null)
            tried.Add(IndexOf(picked));
        return picked;
    }

    private DestinationState? PickUntried(TriedDestinations tried)
    {
        var candidates = ArrayPool<DestinationState>.Shared.Rent(_destinations.Length);
        var count = 0;
        for (var i = 0; i < _destinations.Length; i++)
        {
            if (!tried.Contains(i))
                candidates[count++] = _destinations[i];
        }

        var picked = _balancer.Pick(candidates.AsSpan(0, count));

        // The pool must not keep a removed destination alive.
        candidates.AsSpan(0, count).Clear();
        ArrayPool<DestinationState>.Shared.Return(candidates);
        return picked;
    }

    private int IndexOf(DestinationState picked)
    {
        var i = 0;
        while (!ReferenceEquals(_destinations[i], picked))
            i++;
        return i;
    }
}
