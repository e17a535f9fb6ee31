using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <summary>One of the names of an enumeration, in any case; never its number.</summary>
internal abstract class NameShape : ScalarShape
{
    /// <summary>The names.</summary>
    public abstract IReadOnlyList<string> Names { get; }

    /// <summary>The values of the names.</summary>
    public abstract IEnumerable<object> Values { get; }

    /// <summary>The name of a value.</summary>
    public abstract string NameOf(object value);

    /// <inheritdoc/>
    public override string Description => $"one of {string.Join(", ", Names)}";

    /// <inheritdoc/>
    protected override string Explain(string text) =>
        $"{Quote.Text(text)} is not {Description}{NearestName.Hint(text, Names)}";

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records) => writer.WriteStringValue(NameOf(value));
}
