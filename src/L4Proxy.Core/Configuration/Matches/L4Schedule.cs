using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// When a route applies: by the clock on the wall of its time zone, so that what is skipped in spring is not there, and what is repeated in autumn is there twice.
/// </summary>
public sealed record L4Schedule
{
    /// <summary>Start of the day's window, included.</summary>
    /// <value>Time of day, as <c>22:00</c>. Default: midnight.</value>
    public TimeOnly? From { get; init; }

    /// <summary>End of the day's window, excluded; before <see cref="From"/> it is on the next day. The same time as <see cref="From"/> is an error, but for midnight.</summary>
    /// <value>Time of day, as <c>06:00</c>. Default: midnight at the day's end.</value>
    public TimeOnly? To { get; init; }

    /// <summary>Days of the week on which the window starts.</summary>
    /// <value>Any of <c>Sunday</c>, <c>Monday</c>, <c>Tuesday</c>, <c>Wednesday</c>, <c>Thursday</c>, <c>Friday</c> and <c>Saturday</c>. Default: every day.</value>
    public IReadOnlyList<DayOfWeek>? Days { get; init; }

    /// <summary>The time zone that the times are meant in, as <c>Europe/Prague</c>: one that the system has, by its IANA name or Windows'.</summary>
    /// <value>Default: <c>UTC</c>.</value>
    public string? TimeZone { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Schedule());

        public static readonly Key<L4Schedule, TimeOnly> From = new(Shape, new TimeOfDayShape(), r => r.From, (r, v) => r with { From = v })
            { Note = ", as `22:00`", Otherwise = "midnight" };
        public static readonly Key<L4Schedule, TimeOnly> To = new(Shape, new TimeOfDayShape(), r => r.To, (r, v) => r with { To = v })
            { Note = ", as `06:00`", Otherwise = "midnight at the day's end" };
        public static readonly Key<L4Schedule, IReadOnlyList<DayOfWeek>> Days = new(Shape, new ListShape<DayOfWeek>(new NameShape<DayOfWeek>(), MatchesNothing),
            r => r.Days, (r, v) => r with { Days = v }) { Otherwise = "every day" };
        public static readonly DefaultedKey<L4Schedule, string> TimeZone = new(Shape, AnyText, "UTC", r => r.TimeZone, (r, v) => r with { TimeZone = v });
    }
}
