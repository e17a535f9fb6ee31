using L4Proxy.Configuration;

namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// <c>Hash</c>: rendezvous hashing. Each destination draws a lot for the connection's key, and the highest one wins; so whatever comes or goes moves the keys of that one
/// alone, and gateways agree without talking. Lots are weighed as Schindelhauer and Schomaker do ("Weighted Distributed Hash Tables", 2005).
/// </summary>
internal sealed class RendezvousHash(L4HashOn on, int maxPercent) : BuiltInPolicy
{
    /// <inheritdoc/>
    public override DestinationModel? Pick(ReadOnlySpan<DestinationModel> candidates, IBalancedSession session) =>
        Pick(HashKey.Of(on, session), candidates, new LoadBound(maxPercent, candidates));

    /// <summary>The one with the highest lot of those that the bound allows, or of all where it allows none.</summary>
    public static DestinationModel? Pick(ulong key, ReadOnlySpan<DestinationModel> candidates, in LoadBound bound)
    {
        DestinationModel? best = null;
        var highest = double.NegativeInfinity;
        foreach (var candidate in candidates)
        {
            if (candidate.Share == 0)
                continue;
            var lot = LotOf(key, candidate);
            if (lot > highest && bound.Allows(candidate))
                (best, highest) = (candidate, lot);
        }
        // Others began since the bound was made, so that it allows none.
        return best is null && !bound.IsNone ? Pick(key, candidates, default) : best;
    }

    private static double LotOf(ulong key, DestinationModel destination)
    {
        const double one = 1UL << 53;
        // Above 0 and below 1, so that its logarithm is a number below 0.
        var drawn = ((StableHash.Mix(key ^ destination.IdHash) >> 11) + 0.5) / one;
        return destination.Share / -Math.Log(drawn);
    }
}
