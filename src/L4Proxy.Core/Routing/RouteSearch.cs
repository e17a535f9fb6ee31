namespace L4Proxy.Routing;

/// <summary>The state of one look-up: the best entry so far, and the best of those that more bytes, or a matcher of the application's, may yet make match.</summary>
internal struct RouteSearch(bool noMoreBytes)
{
    private RouteEntry? _best;
    private int _bestRank = int.MaxValue;
    private RouteEntry? _asking;
    private int _unknownRank = int.MaxValue;

    /// <summary>What the search has found.</summary>
    public readonly RouteMatch Result
    {
        get
        {
            if (_unknownRank < _bestRank)
                return _asking is null ? RouteMatch.NeedMore : RouteMatch.Ask(_asking);
            return _best is null ? default : RouteMatch.Found(_best);
        }
    }

    /// <summary>Tries entries at a name that has <paramref name="frontLabels"/> labels before it in the client's.</summary>
    public void Try(in RouteEntryList entries, int frontLabels, in ConnectionFacts facts)
    {
        Try(entries.First, frontLabels, facts);
        foreach (var entry in entries.Rest)
        {
            if (CannotWin(entry))
                return;
            Try(entry, frontLabels, facts);
        }
    }

    /// <summary>Tries entries, sorted by rank, that match whatever the name is.</summary>
    public void Try(RouteEntry[] entries, in ConnectionFacts facts)
    {
        foreach (var entry in entries)
        {
            if (CannotWin(entry))
                return;
            Try(entry, facts);
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
                (_asking, _unknownRank) = (null, entry.Rank);
        }
    }

    private void Try(RouteEntry entry, int frontLabels, in ConnectionFacts facts)
    {
        if (entry.Takes(frontLabels) && !CannotWin(entry))
            Try(entry, facts);
    }

    private void Try(RouteEntry entry, in ConnectionFacts facts)
    {
        var result = entry.Evaluate(facts);
        if (result == ConditionResult.True)
            (_best, _bestRank) = (entry, entry.Rank);
        else if (result == ConditionResult.Unknown && !noMoreBytes)
            (_asking, _unknownRank) = (null, entry.Rank);
        else if (result == ConditionResult.Ask)
            (_asking, _unknownRank) = (entry, entry.Rank);
    }

    private readonly bool CannotWin(RouteEntry entry) => entry.Rank >= Math.Min(_unknownRank, _bestRank);
}
