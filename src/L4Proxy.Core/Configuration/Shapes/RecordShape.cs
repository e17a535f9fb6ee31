using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <summary>A record: known keys, at most 64, found in any case. Its keys add themselves, in the order in which they are declared.</summary>
/// <param name="empty">The record without a key. Records cannot change, so that one is as good as another.</param>
/// <param name="shorthand">The name of the key that a text in place of the record is short for.</param>
internal sealed class RecordShape(object empty, string? shorthand = null) : ConfigShape
{
    private readonly List<ConfigKey> _keys = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The type of the record.</summary>
    public Type Type => empty.GetType();

    // An array, because the checks walk it hundreds of thousands of times before it is compiled for speed.
    /// <summary>The keys, in the record's order.</summary>
    public ConfigKey[] Keys => field ??= [.. _keys];

    /// <summary>The key that a text in place of the record is short for, if one is.</summary>
    public ConfigKey? Shorthand => shorthand is null ? null : Find(shorthand);

    /// <summary>Adds a key; before the shape is used.</summary>
    public void Add(ConfigKey key)
    {
        _byName.Add(key.Name, _keys.Count);
        _keys.Add(key);
    }

    /// <summary>The key of a name in any case; null if there is none.</summary>
    public ConfigKey? Find(string name) => _byName.TryGetValue(name, out var index) ? _keys[index] : null;

    /// <inheritdoc/>
    public override object? Read(JsonElement element, ConfigPath path, ConfigErrors errors)
    {
        if (Shorthand is { } main && element.ValueKind == JsonValueKind.String)
            return main.Shape.Read(element, path, errors) is { } text ? main.Set(empty, text) : null;
        if (!JsonText.Expect(element, JsonValueKind.Object, "an object", path, errors))
            return null;
        var record = empty;
        var given = 0UL;
        foreach (var property in element.EnumerateObject())
        {
            if (!TryFind(property, path, errors, out var index))
                continue;
            var key = _keys[index];
            if ((given & (1UL << index)) != 0)
                errors.Add(path[key.Name], "The key is given twice.");
            else if (property.Value.ValueKind != JsonValueKind.Null && key.Shape.Read(property.Value, path[key.Name], errors) is { } value)
                record = key.Set(record, value);
            given |= 1UL << index;
        }

        return record;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, object value, ConfigSpelling spelling = ConfigSpelling.Records)
    {
        writer.WriteStartObject();
        foreach (var key in Keys)
        {
            if (key.Get(value) is not { } item || (spelling == ConfigSpelling.Shown && key.IsSecret))
                continue;
            writer.WritePropertyName(spelling == ConfigSpelling.Records ? key.Name : key.CamelCaseName);
            key.Shape.Write(writer, item, spelling);
        }

        writer.WriteEndObject();
    }

    private bool TryFind(JsonProperty property, ConfigPath path, ConfigErrors errors, out int index)
    {
        index = -1;
        if (!JsonText.TryGetName(property, path, errors, out var name))
            return false;
        if (_byName.TryGetValue(name, out index))
            return true;
        errors.Add(path[name], NearestName.Find(name, _keys.Select(key => key.Name)) is { } nearest
            ? $"Unknown key {Quote.Text(name)}, did you mean '{nearest}'?"
            : $"Unknown key {Quote.Text(name)}; the keys here are {string.Join(", ", _keys.Select(key => key.Name))}.");
        return false;
    }
}
