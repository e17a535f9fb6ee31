using System.Globalization;
using L4Proxy.Configuration;

namespace L4Proxy.Routing.Conditions;

/// <summary>
/// A window of each day, or of some, by the clock on the wall of a time zone: what that skips in spring is not there, and what it repeats in autumn is there twice.
/// </summary>
internal sealed class ScheduleCondition : Condition
{
    private const int DaysOfWeek = 7;

    private readonly TimeProvider _time;
    private readonly TimeZoneInfo _zone;
    private readonly TimeSpan _from;
    private readonly TimeSpan _to;

    /// <summary>Bit n: a window starts on that <see cref="DayOfWeek"/>.</summary>
    private readonly int _days;

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">There is no such time zone.</exception>
    public ScheduleCondition(L4Schedule schedule, TimeProvider time)
    {
        _time = time;
        var zone = L4Schedule.Keys.TimeZone.Of(schedule);
        _zone = TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? found : throw new ArgumentException($"There is no time zone '{zone}'.", nameof(schedule));
        (_from, _to) = (schedule.From?.ToTimeSpan() ?? TimeSpan.Zero, schedule.To?.ToTimeSpan() ?? TimeSpan.Zero);
        _days = (schedule.Days ?? Enum.GetValues<DayOfWeek>()).Aggregate(0, (days, day) => days | (1 << (int)day));
    }

    public override ConditionResult Evaluate(in ConnectionFacts facts)
    {
        var now = Now();
        var time = now.TimeOfDay;
        var today = (int)now.DayOfWeek;
        if (_from < _to)
            return Result(time >= _from && time < _to && StartsOn(today));
        // Over midnight, where the rest of it is yesterday's.
        return Result((time >= _from && StartsOn(today)) || (time < _to && StartsOn((today + DaysOfWeek - 1) % DaysOfWeek)));
    }

    public override bool IsImpliedBy(Condition other)
    {
        var theirs = (ScheduleCondition)other;
        return _zone.Id == theirs._zone.Id && (_from, _to) == (theirs._from, theirs._to) && (theirs._days & ~_days) == 0;
    }

    public override string Describe(in ConnectionFacts facts) => Now().ToString("dddd HH:mm:ss", CultureInfo.InvariantCulture);

    private static ConditionResult Result(bool holds) => holds ? ConditionResult.True : ConditionResult.False;

    private DateTimeOffset Now() => TimeZoneInfo.ConvertTime(_time.GetUtcNow(), _zone);

    private bool StartsOn(int day) => (_days >> day & 1) != 0;
}
