using L4Proxy.Destinations.Health;

namespace L4Proxy.Destinations.Services;

/// <summary>
/// The hosts that a service is at, of which each connection draws its own order (RFC 2782): the lowest priority first, by chance and weight among those of one, and
/// what was not there lately behind all others.
/// </summary>
internal sealed class ServiceTargets
{
    /// <summary>A name may have hundreds of records; more than these are never dialled.</summary>
    private const int MaxTargets = 64;

    private readonly ServiceTarget[] _targets;

    private ServiceTargets(ServiceTarget[] targets) => _targets = targets;

    /// <summary>All of them.</summary>
    public IReadOnlyList<ServiceTarget> All => _targets;

    /// <summary>What was found, with what is known of those that were there before.</summary>
    /// <returns>Null where there is none.</returns>
    public static ServiceTargets? Following(ServiceTargets? before, IReadOnlyList<ServiceHost> hosts)
    {
        if (hosts.Count == 0)
            return null;
        // Sorted, and the lowest weight first, as RFC 2782 has it for those of weight 0.
        var distinct = hosts.OrderBy(host => host.Priority).ThenBy(host => host.Weight).DistinctBy(host => (host.Host.ToUpperInvariant(), host.Port)).Take(MaxTargets);
        return new([.. distinct.Select(host => new ServiceTarget(host, before?.Find(host)?.Refusals ?? new Refusals()))]);
    }

    /// <summary>The order for one connection.</summary>
    /// <param name="random">Chance; must be usable from any thread at once.</param>
    /// <param name="now">The coarse clock's, or another one as long as it is the same each time.</param>
    /// <param name="most">No more than these.</param>
    public List<ServiceTarget> Draw(Random random, long now, int most)
    {
        var drawn = new List<ServiceTarget>(Math.Min(most, _targets.Length));
        foreach (var group in _targets.GroupBy(target => (IsRefusing: target.IsRefusing(now), target.Host.Priority)).OrderBy(group => group.Key))
        {
            var rest = group.ToList();
            while (rest.Count > 0 && drawn.Count < most)
            {
                var next = IndexOfNext(random, rest);
                drawn.Add(rest[next]);
                rest.RemoveAt(next);
            }
        }
        return drawn;
    }

    private ServiceTarget? Find(ServiceHost host) => Array.Find(_targets, target =>
        target.Host.Port == host.Port && string.Equals(target.Host.Host, host.Host, StringComparison.OrdinalIgnoreCase));

    /// <summary>As RFC 2782 says under "Weight". Where all have none, each is as likely: "there isn't any server selection to do".</summary>
    private static int IndexOfNext(Random random, List<ServiceTarget> targets)
    {
        var total = targets.Sum(target => target.Host.Weight);
        if (total == 0)
            return random.Next(targets.Count);
        var drawn = random.Next(total + 1);
        var sum = 0;
        return targets.FindIndex(target => (sum += target.Host.Weight) >= drawn);
    }
}
