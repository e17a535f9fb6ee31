using System.Text.Json;

namespace L4Proxy.Configuration.Shapes;

/// <summary>Text.</summary>
/// <param name="default">What holds when it is not given.</param>
/// <param name="numeric">Whether it is often a number.</param>
internal sealed class TextShape(string? @default = null, bool numeric = false) : ScalarShape
{
    /// <summary>Text without a default.</summary>
    public static TextShape Any { get; } = new();

    /// <summary>Text that is often a number, such as a port.</summary>
    public static TextShape Numeric { get; } = new(numeric: true);

    /// <summary>Whether a number is as good.</summary>
    public bool IsNumeric { get; } = numeric;

    /// <inheritdoc/>
    public override object? Default => @default;

    /// <inheritdoc/>
    public override string Description => "text";

    /// <inheritdoc/>
    protected override object Parse(string text) => text;

    /// <inheritdoc/>
    protected override string Explain(string text) => $"Expected text, found {text}; put it in quotes.";

    // IConfiguration spells them "True" and "False": the two sources would disagree.
    /// <inheritdoc/>
    protected override bool IsText(JsonElement element) => element.ValueKind is not (JsonValueKind.True or JsonValueKind.False);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value) => writer.WriteStringValue((string)value);
}
