using L4Proxy.Configuration;

namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// Hashing by one look at a table (<see cref="MaglevTable"/>). The table is made of all destinations that the configuration gives and is not made anew when one is away: its keys alone
/// go elsewhere then, by rendezvous, and come back with it.
/// </summary>
internal sealed class Maglev(L4HashOn on, int maxPercent, ClusterState cluster, DestinationModel[] all) : BuiltInPolicy
{
    // Before it comes into force, and kept: a large one takes a second, which no reactor has.
    private readonly MaglevTable? _table = cluster.Maglev = cluster.Maglev is { } known && known.IsOf(all) ? known : MaglevTable.Create(all);

    /// <inheritdoc/>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session)
    {
        var key = HashKey.Of(on, session);
        var bound = new LoadBound(maxPercent, candidates);
        return _table is { } table && Find(candidates, all[table[key]]) is { } chosen && bound.Allows(chosen)
            ? chosen
            : RendezvousHash.Pick(key, candidates, bound);
    }

    /// <summary>Candidates are in the order of their indexes, some of them missing.</summary>
    private static DestinationModel? Find(ReadOnlySpan<DestinationModel> candidates, DestinationModel wanted)
    {
        var (low, high) = (0, Math.Min(candidates.Length, wanted.Index + 1));
        while (low < high)
        {
            var middle = (low + high) / 2;
            var candidate = candidates[middle];
            if (candidate.Index == wanted.Index)
                return candidate.Share > 0 ? candidate : null;
            if (candidate.Index < wanted.Index)
                low = middle + 1;
            else
                high = middle;
        }
        return null;
    }
}
