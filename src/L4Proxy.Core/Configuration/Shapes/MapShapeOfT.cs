using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <inheritdoc/>
/// <typeparam name="T">The type of the values.</typeparam>
internal sealed class MapShape<T>(ConfigShape element) : MapShape(element)
    where T : class
{
    /// <inheritdoc/>
    public override object? Read(JsonElement element, ConfigPath path, ConfigErrors errors)
    {
        if (!JsonText.Expect(element, JsonValueKind.Object, "an object", path, errors))
            return null;
        var map = new Dictionary<string, T>(element.GetPropertyCount());
        foreach (var property in element.EnumerateObject())
        {
            if (!JsonText.TryGetName(property, path, errors, out var name))
                continue;
            if (map.ContainsKey(name))
                errors.Add(path[name], "The key is given twice.");
            else if (property.Value.ValueKind != JsonValueKind.Null && Element.Read(property.Value, path[name], errors) is T value)
                map.Add(name, value);
        }

        return map;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records)
    {
        writer.WriteStartObject();
        foreach (var (name, item) in (IReadOnlyDictionary<string, T>)value)
        {
            writer.WritePropertyName(name);
            Element.Write(writer, item, spelling);
        }

        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Items(object map) =>
        ((IReadOnlyDictionary<string, T>)map).Select(item => KeyValuePair.Create(item.Key, (object?)item.Value));

    /// <inheritdoc/>
    public override object Union(object first, object second, Action<string> onSameKey)
    {
        var union = new Dictionary<string, T>((IReadOnlyDictionary<string, T>)first);
        foreach (var (key, value) in (IReadOnlyDictionary<string, T>)second)
        {
            if (!union.TryAdd(key, value))
                onSameKey(key);
        }

        return union;
    }
}
