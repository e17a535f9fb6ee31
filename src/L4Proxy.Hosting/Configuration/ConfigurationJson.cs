using System.Buffers;
using System.Globalization;
using System.Text.Json;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using Microsoft.Extensions.Configuration;

namespace L4Proxy.Configuration;

/// <summary>
/// Turns a section of <c>IConfiguration</c> back into the JSON that it stands for, so that the reader for JSON reads it. Only
/// the shapes know what was an object and what a list; what fits neither is written as it looks, and the reader reports it.
/// </summary>
internal sealed class ConfigurationJson
{
    private readonly Utf8JsonWriter _writer;
    private readonly ConfigErrors _errors;
    private readonly IReadOnlyList<IConfigurationProvider> _sources;

    private ConfigurationJson(Utf8JsonWriter writer, ConfigErrors errors, IReadOnlyList<IConfigurationProvider> sources) =>
        (_writer, _errors, _sources) = (writer, errors, sources);

    /// <summary>Writes a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="errors">Takes what JSON could not say.</param>
    /// <param name="sources">What the section is put together from, first the one that others lie over; null if that is not known.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Write(IConfigurationSection section, ConfigErrors errors, IEnumerable<IConfigurationProvider>? sources = null)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            new ConfigurationJson(writer, errors, [.. sources ?? []]).WriteValue(section, L4Config.Keys.Shape, new ConfigPath(section.Path));
        return buffer.WrittenMemory;
    }

    private void WriteValue(IConfigurationSection section, ConfigShape shape, ConfigPath path)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            WriteLeaf(section.Value, shape);
            return;
        }

        // "[]" is the empty text here, and an environment variable may have added to it.
        if (!string.IsNullOrEmpty(section.Value))
            _errors.Add(path, $"There is the value {Quote.Text(section.Value)} here and keys below it as well; give only one.");
        switch (shape)
        {
            case RecordShape record:
                WriteRecord(children, record, path);
                break;
            case MapShape map:
                WriteMap(children, map, path);
                break;
            case ListShape list when children.All(child => TryGetIndex(child, out _)):
                WriteList(children, list, path);
                break;
            default:
                _writer.WriteStartObject();
                _writer.WriteEndObject();
                break;
        }
    }

    private void WriteLeaf(string? value, ConfigShape shape)
    {
        switch (shape)
        {
            case RecordShape or MapShape when value is null:
                _writer.WriteStartObject();
                _writer.WriteEndObject();
                break;
            case ListShape when value?.Length == 0:
                _writer.WriteStartArray();
                _writer.WriteEndArray();
                break;
            default:
                _writer.WriteStringValue(value);
                break;
        }
    }

    private void WriteRecord(
        List<IConfigurationSection> children, RecordShape shape, ConfigPath path)
    {
        _writer.WriteStartObject();
        foreach (var child in children)
        {
            _writer.WritePropertyName(child.Key);
            if (shape.Find(child.Key) is { } key)
                WriteValue(child, key.Shape, path[child.Key]);
            else
                _writer.WriteNullValue();
        }

        _writer.WriteEndObject();
    }

    private void WriteMap(
        List<IConfigurationSection> children, MapShape shape, ConfigPath path)
    {
        _writer.WriteStartObject();
        var spelling = SpellingOf(children);
        foreach (var child in children)
        {
            var id = spelling.GetValueOrDefault(child.Key, child.Key);
            _writer.WritePropertyName(id);
            WriteValue(child, shape.Element, path[id]);
        }

        _writer.WriteEndObject();
    }

    // Sources that overlay each other may leave gaps between the indexes.
    private void WriteList(
        List<IConfigurationSection> children, ListShape shape, ConfigPath path)
    {
        _writer.WriteStartArray();
        foreach (var child in children.OrderBy(child => TryGetIndex(child, out var index) ? index : 0))
            WriteValue(child, shape.Element, path[child.Key]);
        _writer.WriteEndArray();
    }

    /// <summary>Ids as the first source spells them: what lies over it says more of the same thing, and gives it no other name.</summary>
    private Dictionary<string, string> SpellingOf(List<IConfigurationSection> children)
    {
        var spelling = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (ConfigurationPath.GetParentPath(children[0].Path) is { } parent)
        {
            foreach (var key in _sources.SelectMany(source => source.GetChildKeys([], parent)))
                spelling.TryAdd(key, key);
        }

        return spelling;
    }

    private static bool TryGetIndex(IConfigurationSection child, out int index) =>
        int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
