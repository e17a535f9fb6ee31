using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace L4Proxy.Configuration.Shapes;

/// <summary>A whole number of 32 bits.</summary>
internal sealed class IntegerShape(int min, int max) : ScalarShape
{
    /// <summary>The least.</summary>
    public int Min => min;

    /// <summary>The most.</summary>
    public int Max => max;

    /// <inheritdoc/>
    public override string Description => "a whole number";

    /// <inheritdoc/>
    protected override object? Parse(string text) => WholeNumber.TryParse(text, out int value) ? value : null;

    /// <inheritdoc/>
    protected override string Explain(string text) => WholeNumber.Explain(text, min, max);

    /// <inheritdoc/>
    public override bool IsAllowed(object value, [NotNullWhen(false)] out string? error)
    {
        var number = (int)value;
        error = number >= min && number <= max ? null : WholeNumber.Explain(number.ToString(CultureInfo.InvariantCulture), min, max);
        return error is null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value) => writer.WriteNumberValue((int)value);
}
