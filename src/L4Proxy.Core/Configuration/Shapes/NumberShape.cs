using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace L4Proxy.Configuration.Shapes;

/// <summary>A number.</summary>
internal sealed class NumberShape(double min, double max) : ScalarShape
{
    /// <summary>The least.</summary>
    public double Min => min;

    /// <summary>The most.</summary>
    public double Max => max;

    /// <inheritdoc/>
    public override string Description => "a number";

    /// <inheritdoc/>
    protected override object? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    /// <inheritdoc/>
    public override bool IsAllowed(object value, [NotNullWhen(false)] out string? error)
    {
        // Not "is less or is greater": NaN is neither.
        error = (double)value >= min && (double)value <= max
            ? null : string.Create(CultureInfo.InvariantCulture, $"'{(double)value}' is out of range: {min} to {max}.");
        return error is null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value) => writer.WriteNumberValue((double)value);
}
