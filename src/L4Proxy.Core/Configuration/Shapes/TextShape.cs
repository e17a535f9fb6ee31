using System.Text.Json;

namespace L4Proxy.Configuration.Shapes;

/// <summary>Text.</summary>
internal sealed class TextShape(bool isNumeric = false) : ScalarShape
{
    /// <summary>Whether a number is as good.</summary>
    public bool IsNumeric => isNumeric;

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
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records) => writer.WriteStringValue((string)value);
}
