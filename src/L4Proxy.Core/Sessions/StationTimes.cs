namespace L4Proxy.Sessions;

/// <summary>How long after its beginning a session had got through stations, in milliseconds. Small: each connection has one.</summary>
internal struct StationTimes
{
    private float _matched;
    private float _connected;

    /// <summary>When it was known what route takes it, or that none does; null where it did not get that far.</summary>
    public readonly double? Matched => Known(_matched);

    /// <summary>When its destination was there, with all that belongs to that; null where none was.</summary>
    public readonly double? Connected => Known(_connected);

    public void NoteMatched(TimeSpan after) => _matched = Of(after);

    public void NoteConnected(TimeSpan after) => _connected = Of(after);

    // 0 is not known, and so nothing takes no time at all.
    private static float Of(TimeSpan after) => MathF.Max(0.001f, (float)after.TotalMilliseconds);

    private static double? Known(float value) => value == 0 ? null : Math.Round((double)value, 3);
}
