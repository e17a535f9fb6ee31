namespace L4Proxy.Routing;

/// <summary>The state of one look-up: the best entry so far, and the best of those that more bytes may yet make match.</summary>
internal struct RouteSearch(bool noMoreBytes)
{
    private RouteEntry? _best;
    private int _unknownRank = int.MaxValue;

    /// <summary>What the search has found.</summary>
    public readonly RouteMatch Result
    {
        get
        {
            if (_unknownRank < (_best?.Rank ?? int.MaxValue))
                return RouteMatch.NeedMore;
            return _best is null ? default : RouteMatch.Found(_best);
        }
    }

    /// <summary>Tries entries, sorted by rank, whose pattern matches.</summary>
    public void Try(ReadOnlySpan<RouteEntry> entries, in ConnectionFacts facts)
    {
        foreach (var entry in entries)
        {
            if (CannotWin(entry))
                return;
            var result = entry.Evaluate(facts);
            if (result == ConditionResult.True)
                _best = entry;
            else if (result == ConditionResult.Unknown && !noMoreBytes)
                _unknownRank = entry.Rank;
        }
    }

    /// <summary>Tries entries, sorted by rank, that match if they stand for as many labels as the name has before their suffix.</summary>
    public void TryLabels(RouteEntry[] entries, int labels, in ConnectionFacts facts)
    {
        for (var i = 0; i < entries.Length && !CannotWin(entries[i]); i++)
        {
            if (entries[i].Pattern!.CaptureNames.Count == labels)
                Try(entries.AsSpan(i, 1), facts);
        }
    }

    /// <summary>Tries entries, sorted by rank, whose pattern may match once the hello is there.</summary>
    public void TryUndecided(RouteEntry[] entries, in ConnectionFacts facts)
    {
        if (noMoreBytes)
            return;
        foreach (var entry in entries)
        {
            if (CannotWin(entry))
                return;
            if (entry.Evaluate(facts) != ConditionResult.False)
                _unknownRank = entry.Rank;
        }
    }

    private readonly bool CannotWin(RouteEntry entry) => entry.Rank >= Math.Min(_unknownRank, _best?.Rank ?? int.MaxValue);
}
