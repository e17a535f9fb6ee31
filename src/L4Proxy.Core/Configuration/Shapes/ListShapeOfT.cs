using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <inheritdoc/>
/// <typeparam name="T">The type of the entries.</typeparam>
internal sealed class ListShape<T>(ConfigShape element, string? whenEmpty = null) : ListShape(element, whenEmpty)
    where T : notnull
{
    /// <inheritdoc/>
    public override int Count(object list) => ((IReadOnlyList<T>)list).Count;

    /// <inheritdoc/>
    public override object? Read(JsonElement element, ConfigPath path, ConfigErrors errors)
    {
        if (!JsonText.Expect(element, JsonValueKind.Array, "a list", path, errors))
            return null;
        var list = new List<T>();
        var index = 0;
        foreach (var item in element.EnumerateArray())
        {
            if (Element.Read(item, path[index++], errors) is T value)
                list.Add(value);
        }

        // One of which nothing is left is not empty: what is wrong with it has been said.
        return list.Count == 0 && index > 0 ? null : list;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records)
    {
        writer.WriteStartArray();
        foreach (var item in (IReadOnlyList<T>)value)
            Element.Write(writer, item, spelling);
        writer.WriteEndArray();
    }
}
