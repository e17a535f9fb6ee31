namespace L4Proxy.Configuration;

/// <summary>When a route applies.</summary>
public sealed record L4Schedule
{
    /// <summary>Start of the day's window.</summary>
    public TimeOnly? From { get; init; }

    /// <summary>End of the day's window; may be past midnight.</summary>
    public TimeOnly? To { get; init; }

    /// <summary>Days of the week.</summary>
    public IReadOnlyList<DayOfWeek>? Days { get; init; }

    /// <summary>IANA time zone. Null: UTC.</summary>
    public string? TimeZone { get; init; }
}
