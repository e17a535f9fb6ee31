namespace L4Proxy.Configuration;

/// <summary>When a route applies.</summary>
public sealed record L4Schedule
{
    /// <summary>Start of the day's window, included.</summary>
    /// <value>Time of day, as <c>22:00</c>. Default: midnight.</value>
    public TimeOnly? From { get; init; }

    /// <summary>End of the day's window, excluded; before <see cref="From"/> it is on the next day.</summary>
    /// <value>Time of day, as <c>06:00</c>. Default: midnight at the day's end.</value>
    public TimeOnly? To { get; init; }

    /// <summary>Days of the week on which the window starts.</summary>
    /// <value><c>Monday</c> to <c>Sunday</c>. Default: every day.</value>
    public IReadOnlyList<DayOfWeek>? Days { get; init; }

    /// <summary>The time zone that the times are meant in, as <c>Europe/Prague</c>.</summary>
    /// <value>Default: UTC.</value>
    public string? TimeZone { get; init; }
}
