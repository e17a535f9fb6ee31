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
internal static class ConfigurationJson
{
    /// <summary>Writes a section.</summary>
    /// <param name="section">The section.</param>
    /// <param name="errors">Takes what JSON could not say.</param>
    /// <returns>UTF-8 JSON.</returns>
    public static ReadOnlyMemory<byte> Write(IConfigurationSection section, ConfigErrors errors)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            WriteValue(writer, section, SectionShapes.Section, new ConfigPath(section.Path), errors);
        return buffer.WrittenMemory;
    }

    private static void WriteValue(Utf8JsonWriter writer, IConfigurationSection section, ConfigShape shape, ConfigPath path, ConfigErrors errors)
    {
        var children = section.GetChildren().ToList();
        if (children.Count == 0)
        {
            WriteLeaf(writer, section.Value, shape);
            return;
        }

        // "[]" is the empty text here, and an environment variable may have added to it.
        if (!string.IsNullOrEmpty(section.Value))
            errors.Add(path, $"There is the value {Quote.Text(section.Value)} here and keys below it as well; give only one.");
        switch (shape)
        {
            case RecordShape record:
                WriteRecord(writer, children, record, path, errors);
                break;
            case MapShape map:
                WriteMap(writer, children, map, path, errors);
                break;
            case ListShape list when children.All(child => TryGetIndex(child, out _)):
                WriteList(writer, children, list, path, errors);
                break;
            default:
                writer.WriteStartObject();
                writer.WriteEndObject();
                break;
        }
    }

    private static void WriteLeaf(Utf8JsonWriter writer, string? value, ConfigShape shape)
    {
        switch (shape)
        {
            case RecordShape or MapShape when value is null:
                writer.WriteStartObject();
                writer.WriteEndObject();
                break;
            case ListShape when value?.Length == 0:
                writer.WriteStartArray();
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(value);
                break;
        }
    }

    private static void WriteRecord(
        Utf8JsonWriter writer, List<IConfigurationSection> children, RecordShape shape, ConfigPath path, ConfigErrors errors)
    {
        writer.WriteStartObject();
        foreach (var child in children)
        {
            writer.WritePropertyName(child.Key);
            if (shape.Find(child.Key) is { } key)
                WriteValue(writer, child, key.Shape, path[child.Key], errors);
            else
                writer.WriteNullValue();
        }

        writer.WriteEndObject();
    }

    private static void WriteMap(
        Utf8JsonWriter writer, List<IConfigurationSection> children, MapShape shape, ConfigPath path, ConfigErrors errors)
    {
        writer.WriteStartObject();
        foreach (var child in children)
        {
            writer.WritePropertyName(child.Key);
            WriteValue(writer, child, shape.Element, path[child.Key], errors);
        }

        writer.WriteEndObject();
    }

    // Sources that overlay each other may leave gaps between the indexes.
    private static void WriteList(
        Utf8JsonWriter writer, List<IConfigurationSection> children, ListShape shape, ConfigPath path, ConfigErrors errors)
    {
        writer.WriteStartArray();
        foreach (var child in children.OrderBy(child => TryGetIndex(child, out var index) ? index : 0))
            WriteValue(writer, child, shape.Element, path[child.Key], errors);
        writer.WriteEndArray();
    }

    private static bool TryGetIndex(IConfigurationSection child, out int index) =>
        int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
