using System.Text.Json;
using L4Proxy.Configuration.Reading;

namespace L4Proxy.Configuration.Shapes;

/// <inheritdoc/>
/// <typeparam name="T">The record.</typeparam>
internal sealed class RecordShape<T> : RecordShape
    where T : class, new()
{
    // Records cannot change, so that one without a key is as good as another.
    private static readonly T Empty = new();

    private readonly ConfigKey<T>[] _keys;
    private readonly Dictionary<string, int> _byName;
    private readonly ConfigKey<T>? _shorthand;

    /// <summary>A record with these keys.</summary>
    /// <param name="keys">At most 64.</param>
    /// <param name="shorthand">The name of the key that a text in place of the record is short for.</param>
    public RecordShape(ConfigKey<T>[] keys, string? shorthand = null)
        : base(keys)
    {
        _keys = keys;
        _byName = new Dictionary<string, int>(keys.Length, StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < keys.Length; i++)
            _byName.Add(keys[i].Name, i);
        if (shorthand is not null)
            _shorthand = keys[_byName[shorthand]];
    }

    /// <inheritdoc/>
    public override Type Type => typeof(T);

    /// <inheritdoc/>
    public override ConfigKey? Shorthand => _shorthand;

    /// <inheritdoc/>
    public override ConfigKey? Find(string name) => _byName.TryGetValue(name, out var index) ? _keys[index] : null;

    /// <inheritdoc/>
    public override object? Read(JsonElement element, ConfigPath path, ConfigErrors errors)
    {
        if (_shorthand is not null && element.ValueKind == JsonValueKind.String)
            return _shorthand.Shape.Read(element, path, errors) is { } text ? _shorthand.Set(Empty, text) : null;
        if (!JsonText.Expect(element, JsonValueKind.Object, "an object", path, errors))
            return null;
        object record = Empty;
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
