using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Routing;
using L4Proxy.Routing.Conditions;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Core.Tests.Routing;

/// <summary>Routes at their time. In Prague clocks go from 2 to 3 on 2026-03-29, and from 3 back to 2 on 2026-10-25.</summary>
public class ScheduleConditionTests
{
    [Theory]
    // A window of the day: the start is in it, the end is not.
    [InlineData("08:00", "16:30", "", "UTC", "2026-11-27T07:59:59Z", false)]
    [InlineData("08:00", "16:30", "", "UTC", "2026-11-27T08:00:00Z", true)]
    [InlineData("08:00", "16:30", "", "UTC", "2026-11-27T16:29:59Z", true)]
    [InlineData("08:00", "16:30", "", "UTC", "2026-11-27T16:30:00Z", false)]
    // One end alone.
    [InlineData("22:00", null, "", "UTC", "2026-11-27T23:59:59Z", true)]
    [InlineData("22:00", null, "", "UTC", "2026-11-28T00:00:00Z", false)]
    [InlineData(null, "06:00", "", "UTC", "2026-11-28T00:00:00Z", true)]
    [InlineData(null, "06:00", "", "UTC", "2026-11-28T06:00:00Z", false)]
    // Over midnight; the days are those on which it starts (2026-11-27 is a Friday).
    [InlineData("22:00", "06:00", "Friday", "UTC", "2026-11-27T22:00:00Z", true)]
    [InlineData("22:00", "06:00", "Friday", "UTC", "2026-11-28T05:59:59Z", true)]
    [InlineData("22:00", "06:00", "Friday", "UTC", "2026-11-28T06:00:00Z", false)]
    [InlineData("22:00", "06:00", "Friday", "UTC", "2026-11-28T22:00:00Z", false)]
    [InlineData("22:00", "06:00", "Friday", "UTC", "2026-11-27T05:00:00Z", false)]
    [InlineData("22:00", "06:00", "Saturday", "UTC", "2026-11-29T05:00:00Z", true)]
    [InlineData("22:00", "06:00", "Sunday", "UTC", "2026-11-28T23:00:00Z", false)]
    // Days alone.
    [InlineData(null, null, "Saturday,Sunday", "UTC", "2026-11-28T00:00:00Z", true)]
    [InlineData(null, null, "Saturday,Sunday", "UTC", "2026-11-29T23:59:59Z", true)]
    [InlineData(null, null, "Saturday,Sunday", "UTC", "2026-11-30T00:00:00Z", false)]
    // A time zone, whose day is another one.
    [InlineData("00:00", "01:00", "Saturday", "Europe/Prague", "2026-11-27T23:30:00Z", true)]
    [InlineData("00:00", "01:00", "Friday", "Europe/Prague", "2026-11-27T23:30:00Z", false)]
    [InlineData("08:00", "09:00", "", "Europe/Prague", "2026-07-01T06:30:00Z", true)]
    [InlineData("08:00", "09:00", "", "Europe/Prague", "2026-12-01T06:30:00Z", false)]
    // Spring: 01:59:59 is followed by 03:00.
    [InlineData("01:30", "02:30", "", "Europe/Prague", "2026-03-29T00:59:59Z", true)]
    [InlineData("01:30", "02:30", "", "Europe/Prague", "2026-03-29T01:00:00Z", false)]
    [InlineData("02:30", "04:00", "", "Europe/Prague", "2026-03-29T00:59:59Z", false)]
    [InlineData("02:30", "04:00", "", "Europe/Prague", "2026-03-29T01:00:00Z", true)]
    // Autumn: 02:30 is there twice.
    [InlineData("02:00", "02:45", "", "Europe/Prague", "2026-10-25T00:30:00Z", true)]
    [InlineData("02:00", "02:45", "", "Europe/Prague", "2026-10-25T00:50:00Z", false)]
    [InlineData("02:00", "02:45", "", "Europe/Prague", "2026-10-25T01:30:00Z", true)]
    [InlineData("02:00", "02:45", "", "Europe/Prague", "2026-10-25T01:50:00Z", false)]
    public void It_holds_in_its_window(string? from, string? to, string days, string zone, string now, bool expected)
    {
        var condition = Condition(from, to, days, zone, new FakeTimeProvider(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));

        Assert.Equal(expected ? ConditionResult.True : ConditionResult.False, condition.Evaluate(new ConnectionFacts()));
    }

    [Fact]
    public void A_route_is_there_from_its_first_second_on()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 27, 21, 59, 59, TimeSpan.Zero));
        var night = new RouteModel
        {
            Id = "night", Config = new() { Match = new() { Schedule = new() { From = new(22, 0), To = new(6, 0) } } }, Sources = ConditionSources.Default with { Time = time },
        };
        var table = RouteTable.Create([night, Routes.Route("day")]);
        Assert.True(table.Protocols.IsEmpty);
        Assert.Equal("day", table.Match(Routes.Facts(), noMoreBytes: false).Text());

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("night", table.Match(Routes.Facts(), noMoreBytes: false).Text());
    }

    [Fact]
    public void Another_rank_is_not_for_a_schedule_that_says_nothing() =>
        Assert.Equal("a", RouteTable.Create([Routes.Route("b", new() { Schedule = new() { TimeZone = "UTC" } }), Routes.Route("a")]).Match(Routes.Facts(), noMoreBytes: false).Text());

    [Fact]
    public void To_look_at_the_clock_allocates_nothing()
    {
        var condition = Condition("08:00", "09:00", "Monday", "Europe/Prague", TimeProvider.System);
        condition.Evaluate(new ConnectionFacts());

        Assert.Equal(0, Allocated.By(() => _ = condition.Evaluate(new ConnectionFacts()), times: 1_000));
    }

    private static ScheduleCondition Condition(string? from, string? to, string days, string zone, TimeProvider time) => new(
        new L4Schedule
        {
            From = from is null ? null : TimeOnly.Parse(from, CultureInfo.InvariantCulture),
            To = to is null ? null : TimeOnly.Parse(to, CultureInfo.InvariantCulture),
            Days = days.Length == 0 ? null : [.. days.Split(',').Select(Enum.Parse<DayOfWeek>)],
            TimeZone = zone,
        },
        time);
}
