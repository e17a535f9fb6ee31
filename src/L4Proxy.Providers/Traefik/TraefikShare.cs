using System.Numerics;
using L4Proxy.Configuration;

namespace L4Proxy.Providers.Traefik;

/// <summary>A server and its share of the connections, as a fraction.</summary>
internal readonly record struct TraefikShare(L4Destination Destination, BigInteger Part, BigInteger Of)
{
    private const int MaxWeight = 1000;

    /// <summary>Shares by weights; who has none has no share.</summary>
    public static IReadOnlyList<TraefikShare> ByWeight(IReadOnlyCollection<(L4Destination Destination, long Weight)> servers)
    {
        var sum = servers.Aggregate(BigInteger.Zero, (all, server) => all + Math.Max(server.Weight, 0));
        return [.. servers.Where(server => server.Weight > 0).Select(server => new TraefikShare(server.Destination, server.Weight, sum))];
    }

    /// <summary>The share of a share.</summary>
    public TraefikShare Times(BigInteger part, BigInteger of)
    {
        var (top, bottom) = (Part * part, Of * of);
        var common = BigInteger.GreatestCommonDivisor(top, bottom);
        return this with { Part = top / common, Of = bottom / common };
    }

    /// <summary>Weights that stand to each other as the shares do, as nearly as whole numbers up to 1000 can; none where all are the same.</summary>
    public static IReadOnlyList<int?> WeightsOf(IReadOnlyList<TraefikShare> shares)
    {
        var bottom = shares.Aggregate(BigInteger.One, (all, share) => all / BigInteger.GreatestCommonDivisor(all, share.Of) * share.Of);
        List<BigInteger> weights = [.. shares.Select(share => share.Part * (bottom / share.Of))];
        var common = weights.Aggregate(BigInteger.Zero, BigInteger.GreatestCommonDivisor);
        var most = weights.Count == 0 ? BigInteger.One : weights.Max();
        if (weights.TrueForAll(weight => weight == most))
            return [.. weights.Select(_ => (int?)null)];
        return [.. weights.Select(weight => most / common <= MaxWeight ? (int?)(int)(weight / common) : (int)BigInteger.Max(1, ((weight * MaxWeight * 2) + most) / (most * 2)))];
    }
}
