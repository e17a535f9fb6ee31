namespace L4Proxy.Destinations.Health;

/// <summary>
/// What the destinations of a cluster have in common where they fail: how that is judged, as the configuration in force says, and how many may be ejected at
/// once. From any thread.
/// </summary>
internal sealed class ClusterHealth(HealthNews? news)
{
    private readonly Lock _gate = new();
    private volatile HealthPolicy _policy = HealthPolicy.From(config: null);
    private volatile DestinationState[] _members = [];

    /// <summary>How failures are judged.</summary>
    public HealthPolicy Policy => _policy;

    /// <summary>Where addresses come from what clients ask for: those that do not work.</summary>
    public AddressHealths Addresses { get; } = new();

    /// <summary>A configuration comes into force.</summary>
    /// <param name="policy">What it says.</param>
    /// <param name="members">The destinations that it enables.</param>
    public void Configure(HealthPolicy policy, DestinationState[] members) => (_policy, _members) = (policy, members);

    /// <summary>A destination has failed too often.</summary>
    public void Eject(DestinationState destination, L4EndReason why, long now)
    {
        var policy = _policy;
        long until;
        lock (_gate)
        {
            var ejected = _members.Count(member => member.Ejection.Holds(now));
            if (destination.Ejection.Holds(now) || !destination.Enabled || (ejected + 1) * 100 > _members.Length * policy.MaxEjectionPercent)
                return;
            until = destination.Ejection.Begin(policy, now);
        }
        destination.PutOff(until);
        news?.Ejected(destination, why, until - now);
        // Whom it resets may be a client that wants it to.
        destination.MarkedDown(cuts: why != L4EndReason.UpstreamReset);
    }

    /// <summary>
    /// A destination has reset a connection before it sent a byte, so many in a row. Where the others did so lately as well, it is a client that they do
    /// not like: nobody may eject a destination by what he sends.
    /// </summary>
    public void EjectForResets(DestinationState destination, long now)
    {
        var policy = _policy;
        var others = _members.Where(member => member != destination).ToList();
        if (others.Count(other => other.EarlyResets.AnySince(now - policy.Window)) * 2 < others.Count)
            Eject(destination, L4EndReason.UpstreamReset, now);
    }

    /// <summary>
    /// A destination has answered while all others are avoided: what ailed them may have been the same, and be over. They are tried now, one connection each, so
    /// that it does not bear alone what all of them bore.
    /// </summary>
    /// <param name="back">It.</param>
    /// <param name="now">When what it answered began.</param>
    public void TryOthers(DestinationState back, long now)
    {
        var others = Array.FindAll(_members, member => member != back);
        if (!Array.TrueForAll(others, other => other.Refusals.Until > now))
            return;
        foreach (var other in others)
            other.Hasten(now);
    }

    /// <summary>A destination that was ejected has answered.</summary>
    public void Returned(DestinationState destination) => news?.Returned(destination);

    /// <summary>What is connected to a destination that does not work ends, where that is wanted.</summary>
    public void MarkedDown(DestinationState destination)
    {
        if (_policy.Cuts)
            news?.Cut(destination);
    }
}
