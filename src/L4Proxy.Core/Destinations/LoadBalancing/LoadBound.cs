namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// How many connections a destination may have for its share before a hash passes it over ("Consistent Hashing with Bounded Loads", 2016), as HAProxy's and
/// Envoy's <c>hash-balance-factor</c>.
/// </summary>
internal readonly struct LoadBound
{
    private readonly double _perShare;

    /// <summary>The bound for the next one.</summary>
    /// <param name="percent">Of the average; 0 is no bound.</param>
    /// <param name="candidates">Those that share the load.</param>
    public LoadBound(int percent, ReadOnlySpan<DestinationModel> candidates)
    {
        if (percent == 0)
            return;
        // The connection that is coming counts.
        var active = 1L;
        foreach (var candidate in candidates)
            active += candidate.State.Active;
        _perShare = percent / 100.0 * active / WeightedDraw.TotalOf(candidates);
    }

    /// <summary>Whether there is none.</summary>
    public bool IsNone => _perShare == 0;

    /// <summary>Whether one more is not too many.</summary>
    public bool Allows(DestinationModel destination) => IsNone || destination.State.Active + 1 <= Math.Ceiling(_perShare * destination.Share);
}
