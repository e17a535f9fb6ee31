using System.Text.Json;

namespace L4Proxy.Configuration.Shapes;

/// <summary>True or false.</summary>
internal sealed class BooleanShape : ScalarShape
{
    /// <inheritdoc/>
    public override string Description => "true or false";

    /// <inheritdoc/>
    protected override object? Parse(string text) => bool.TryParse(text, out var value) ? value : null;

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records) => writer.WriteBooleanValue((bool)value);
}
