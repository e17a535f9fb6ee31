using System.Globalization;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>What the documentation says of the values of a key, in Markdown: made of its declaration and of nothing else.</summary>
internal static class KeyDocs
{
    /// <summary>Unit, range, what is dangerous and default; empty if there is nothing to say.</summary>
    public static string Value(ConfigKey key)
    {
        var what = What(key.Shape, key.Unit);
        if (key.Note is { } note)
            what += what.Length == 0 || note.StartsWith(',') || note.StartsWith(' ') ? note : $"; {note}";
        var otherwise = key.Default is { } value ? Text(key.Shape, value) + key.Otherwise : key.Otherwise;
        return string.Join(' ', new[] { what, otherwise is null ? "" : $"Default: {otherwise}" }.Where(text => text.Length > 0).Select(text => $"{text}."));
    }

    private static string What(ConfigShape shape, string? unit) => shape switch
    {
        NumberShape<int> { Min: int.MinValue, Max: int.MaxValue } => "Any whole number",
        NumberShape<int> number => Range(unit, number.Min, number.Max),
        NumberShape<long> number => Range(unit, number.Min, number.Max),
        NumberShape<double> number => Range(unit, number.Min, number.Max),
        DurationShape duration => $"Duration, {Prose(duration.Min)} to {Prose(duration.Max)}{(duration.ZeroIsOff ? "; 0 is off" : "")}",
        TimeOfDayShape => "Time of day",
        NameShape names => Names(names, "or"),
        ListShape { Element: NameShape names } => $"Any of {Names(names, "and")}",
        _ => "",
    };

    private static string Text(ConfigShape shape, object value) => shape switch
    {
        DurationShape => Prose((TimeSpan)value),
        NameShape names => $"`{names.NameOf(value)}`",
        TextShape => $"`{value}`",
        BooleanShape => (bool)value ? "true" : "false",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    private static string Range<T>(string? unit, T min, T max) =>
        string.Create(CultureInfo.InvariantCulture, $"{(unit is null ? "" : $"{unit}, ")}{min} to {max}");

    private static string Names(NameShape names, string last)
    {
        var quoted = names.Names.Select(name => $"`{name}`").ToList();
        return $"{string.Join(", ", quoted[..^1])} {last} {quoted[^1]}";
    }

    private static string Prose(TimeSpan duration) => duration switch
    {
        { Ticks: 0 } => "0",
        { TotalMilliseconds: < 1000 } => Count(duration.TotalMilliseconds, "millisecond"),
        { Seconds: 0, Minutes: 0, Hours: 0 } => Count(duration.TotalDays, "day"),
        { Seconds: 0, TotalMinutes: < 60 } => Count(duration.TotalMinutes, "minute"),
        { TotalSeconds: < 120 } => Count(duration.TotalSeconds, "second"),
        _ => DurationShape.Format(duration),
    };

    private static string Count(double count, string unit) => $"{count} {unit}{(count == 1 ? "" : "s")}";
}
