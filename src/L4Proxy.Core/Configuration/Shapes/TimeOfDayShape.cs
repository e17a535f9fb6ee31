using System.Globalization;
using System.Text.Json;

namespace L4Proxy.Configuration.Shapes;

/// <summary>A <see cref="TimeOnly"/>, written as <c>22:00</c> or <c>22:00:30</c>.</summary>
internal sealed class TimeOfDayShape : ScalarShape
{
    private static readonly string[] Formats = ["HH:mm", "HH:mm:ss"];

    /// <inheritdoc/>
    public override string Description => "a time of day such as 22:00";

    /// <inheritdoc/>
    protected override object? Parse(string text) =>
        TimeOnly.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var value) ? value : null;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records) =>
        writer.WriteStringValue(((TimeOnly)value).ToString("HH:mm:ss", CultureInfo.InvariantCulture));
}
