using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace L4Proxy.Providers.Yaml;

/// <summary>Writes a tree as JSON, each alias as what it stands for, and remembers on which line each part is.</summary>
internal sealed class YamlJson : IDisposable
{
    private const int MaxBytes = 64 << 20;
    private const int MaxNodes = 1_000_000;
    private const string MergeKey = "<<";

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _writer;
    private readonly Dictionary<string, int> _lines;
    private int _nodes;

    private YamlJson(Dictionary<string, int> lines) => (_lines, _writer) = (lines, new(_buffer));

    public void Dispose() => _writer.Dispose();

    /// <summary>Writes a tree.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="lines">Takes the line of each part, by its path, as <c>tcp.routers.x.entryPoints[0]</c>.</param>
    /// <exception cref="YamlFormatException">It is no JSON, or too much of it.</exception>
    public static JsonElement Write(YamlNode root, Dictionary<string, int> lines)
    {
        using var json = new YamlJson(lines);
        json.Node(root, "", depth: 0);
        json._writer.Flush();
        using var document = JsonDocument.Parse(json._buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    private void Node(YamlNode node, string path, int depth)
    {
        Count(node, depth);
        _lines.TryAdd(path, node.Line);
        if (node.Items is { } items)
            Items(items, path, depth);
        else if (node.Entries is { } entries)
            Entries(entries, path, depth);
        else
            Scalar(node);
    }

    private void Count(YamlNode node, int depth)
    {
        if (++_nodes > MaxNodes || _buffer.WrittenCount + _writer.BytesPending > MaxBytes)
            throw new YamlFormatException(node.Line, "With all that its aliases stand for the file is too large.");
        if (depth > YamlTree.MaxDepth)
            throw new YamlFormatException(node.Line, $"Lists and maps are at most {YamlTree.MaxDepth} deep in each other, what aliases stand for included.");
    }

    private void Items(List<YamlNode> items, string path, int depth)
    {
        _writer.WriteStartArray();
        for (var i = 0; i < items.Count; i++)
            Node(items[i], $"{path}[{i}]", depth + 1);
        _writer.WriteEndArray();
    }

    private void Entries(List<KeyValuePair<YamlNode, YamlNode>> entries, string path, int depth)
    {
        _writer.WriteStartObject();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in entries)
        {
            if (IsMerge(key))
                continue;
            if (!seen.Add(NameOf(key)))
                throw new YamlFormatException(key.Line, $"'{key.Text}' stands here twice.");
            Entry(key, value, path, depth);
        }
        // What stands here itself comes before what is merged.
        foreach (var (key, value) in Merged(entries, depth))
        {
            if (seen.Add(NameOf(key)))
                Entry(key, value, path, depth);
        }
        _writer.WriteEndObject();
    }

    private void Entry(YamlNode key, YamlNode value, string path, int depth)
    {
        _writer.WritePropertyName(key.Text!);
        Node(value, path.Length == 0 ? key.Text! : $"{path}.{key.Text}", depth + 1);
    }

    private static bool IsMerge(YamlNode key) => key is { IsPlain: true, Text: MergeKey };

    /// <summary>What is merged into a map, and into what is merged.</summary>
    private IEnumerable<KeyValuePair<YamlNode, YamlNode>> Merged(List<KeyValuePair<YamlNode, YamlNode>> entries, int depth)
    {
        foreach (var map in entries.Where(entry => IsMerge(entry.Key)).SelectMany(entry => entry.Value.Items ?? [entry.Value]))
        {
            var merged = map.Entries ?? throw new YamlFormatException(map.Line, "What is merged with '<<' is a map, or a list of maps.");
            Count(map, depth);
            foreach (var entry in merged.Where(entry => !IsMerge(entry.Key)).Concat(Merged(merged, depth + 1)))
                yield return entry;
        }
    }

    private static string NameOf(YamlNode key) =>
        key.Text is { Length: > 0 } text ? text : throw new YamlFormatException(key.Line, "A key is a text.");

    // Of YAML's numbers those that JSON has: the others are texts, and read as such where one is expected.
    private void Scalar(YamlNode node)
    {
        var text = node.Text!;
        if (!node.IsPlain)
            _writer.WriteStringValue(text);
        else if (text is "" or "~" or "null" or "Null" or "NULL")
            _writer.WriteNullValue();
        else if (text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE")
            _writer.WriteBooleanValue(text[0] is 't' or 'T');
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number.ToString(CultureInfo.InvariantCulture) == text)
            _writer.WriteNumberValue(number);
        else
            _writer.WriteStringValue(text);
    }
}
