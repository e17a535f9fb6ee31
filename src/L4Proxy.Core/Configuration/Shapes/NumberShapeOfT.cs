using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <summary>A number; whole unless <typeparamref name="T"/> has fractions.</summary>
internal sealed class NumberShape<T>(T min, T max) : ScalarShape
    where T : struct, INumber<T>
{
    private static readonly bool IsWhole = typeof(T) != typeof(double);
    private static readonly NumberStyles Style = IsWhole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;

    /// <summary>The least.</summary>
    public T Min => min;

    /// <summary>The most.</summary>
    public T Max => max;

    /// <inheritdoc/>
    public override string Description => IsWhole ? "a whole number" : "a number";

    /// <inheritdoc/>
    protected override object? Parse(string text) =>
        T.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value) ? value : null;

    // Too many digits for the type are a number all the same.
    /// <inheritdoc/>
    protected override string Explain(string text)
    {
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        return !IsWhole || digits.IsEmpty || digits.ContainsAnyExceptInRange('0', '9') ? base.Explain(text) : OutOfRange(text);
    }

    /// <inheritdoc/>
    public override bool IsAllowed(object value, [NotNullWhen(false)] out string? error)
    {
        // Not "is less or is greater": NaN is neither.
        var number = (T)value;
        error = number >= min && number <= max ? null : OutOfRange(number.ToString(null, CultureInfo.InvariantCulture));
        return error is null;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records)
    {
        if (IsWhole)
            writer.WriteNumberValue(long.CreateChecked((T)value));
        else
            writer.WriteNumberValue(double.CreateChecked((T)value));
    }

    private string OutOfRange(string text) =>
        string.Create(CultureInfo.InvariantCulture, $"{Quote.Text(text)} is out of range: {min} to {max}.");
}
