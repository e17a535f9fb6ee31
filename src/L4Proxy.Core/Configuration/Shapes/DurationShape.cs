using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <summary>
/// A <see cref="TimeSpan"/>, written as <c>00:00:05</c> or <c>1.00:00:00</c>. Refused are two forms that
/// <see cref="TimeSpan.Parse(string)"/> takes for something else than they look like: <c>5</c> is 5 days to it, and
/// <c>24:00:00</c> is 24 days.
/// </summary>
internal sealed class DurationShape(TimeSpan min, TimeSpan max, bool zeroIsOff = false) : ScalarShape
{
    /// <summary>The least, but for zero where that turns it off.</summary>
    public TimeSpan Min => min;

    /// <summary>The most.</summary>
    public TimeSpan Max => max;

    /// <summary>Whether zero turns it off.</summary>
    public bool ZeroIsOff => zeroIsOff;

    /// <inheritdoc/>
    public override string Description => "a duration such as 00:00:05";

    /// <summary>As short as it can be read back: <c>00:00:00.001</c>, not <c>00:00:00.0010000</c>.</summary>
    public static string Format(TimeSpan value)
    {
        var text = value.ToString("c", CultureInfo.InvariantCulture);
        return value.Ticks % TimeSpan.TicksPerSecond == 0 ? text : text.TrimEnd('0');
    }

    /// <inheritdoc/>
    protected override object? Parse(string text) =>
        TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && !IsDays(text) && !IsHoursPastTheDay(text, value) ? value : null;

    /// <inheritdoc/>
    protected override string Explain(string text)
    {
        if (!TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out _))
            return base.Explain(text);
        return IsDays(text)
            ? $"{Quote.Text(text)} is not a duration: it would be days. Write 00:00:05 for 5 seconds."
            : $"{Quote.Text(text)} is not a duration: hours go from 0 to 23. Write 1.00:00:00 for one day.";
    }

    /// <inheritdoc/>
    public override bool IsAllowed(object value, [NotNullWhen(false)] out string? error)
    {
        var duration = (TimeSpan)value;
        error = (duration >= min && duration <= max) || (zeroIsOff && duration == TimeSpan.Zero)
            ? null : $"'{Format(duration)}' is out of range: {Format(min)} to {Format(max)}{(zeroIsOff ? ", or 00:00:00 for off" : "")}.";
        return error is null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records) => writer.WriteStringValue(Format((TimeSpan)value));

    private static bool IsDays(string text) => !text.Contains(':', StringComparison.Ordinal);

    // With three parts the first is hours, or, if it is too large for that, days.
    private static bool IsHoursPastTheDay(string text, TimeSpan value) =>
        value.Days != 0 && text.AsSpan().Count(':') <= 2 && !text.AsSpan(0, text.IndexOf(':', StringComparison.Ordinal)).Contains('.');
}
