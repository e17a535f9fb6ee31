using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlScalar = YamlDotNet.Core.Events.Scalar;

namespace L4Proxy.Providers.Yaml;

/// <summary>Reads the one document of a text into a tree, as deep and as large as it may be. An alias is the very node that it stands for.</summary>
internal sealed class YamlTree
{
    /// <summary>So deep lists and maps may be in each other.</summary>
    public const int MaxDepth = 32;

    private const int MaxEvents = 2_000_000;
    private const string CoreTags = "tag:yaml.org,2002:";

    private readonly IParser _parser;
    private readonly Dictionary<string, YamlNode> _anchors = [];
    private int _events;

    private YamlTree(IParser parser) => _parser = parser;

    /// <summary>Reads a text; null where there is nothing in it.</summary>
    /// <exception cref="YamlFormatException">It is not what is read here.</exception>
    /// <exception cref="YamlException">It is no YAML.</exception>
    public static YamlNode? Read(string text) => new YamlTree(new Parser(new StringReader(text))).Document();

    private YamlNode? Document()
    {
        YamlNode? root = null;
        for (var now = Next(); now is not StreamEnd; now = Next())
        {
            if (now is NodeEvent && root is not null)
                throw new YamlFormatException(LineOf(now), "A second document begins here, and one is read.");
            if (now is NodeEvent or AnchorAlias)
                root = Node(now, depth: 0);
        }
        return root;
    }

    private YamlNode Node(ParsingEvent now, int depth)
    {
        if (depth > MaxDepth)
            throw new YamlFormatException(LineOf(now), $"Lists and maps are at most {MaxDepth} deep in each other.");
        if (now is AnchorAlias alias)
            return _anchors.GetValueOrDefault(alias.Value.Value) ?? throw new YamlFormatException(LineOf(now), $"There is no '&{alias.Value.Value}' before it.");
        var node = now switch
        {
            YamlScalar scalar => ScalarOf(scalar),
            SequenceStart => new YamlNode(LineOf(now)) { Items = Items(depth) },
            MappingStart => new YamlNode(LineOf(now)) { Entries = Entries(depth) },
            _ => throw new YamlFormatException(LineOf(now), "Here should be a value."),
        };
        if (now is NodeEvent { Anchor: { IsEmpty: false } anchor })
            _anchors[anchor.Value] = node;
        return node;
    }

    private List<YamlNode> Items(int depth)
    {
        var items = new List<YamlNode>();
        for (var now = Next(); now is not SequenceEnd; now = Next())
            items.Add(Node(now, depth + 1));
        return items;
    }

    private List<KeyValuePair<YamlNode, YamlNode>> Entries(int depth)
    {
        var entries = new List<KeyValuePair<YamlNode, YamlNode>>();
        for (var now = Next(); now is not MappingEnd; now = Next())
        {
            var key = Node(now, depth + 1);
            entries.Add(new(key, Node(Next(), depth + 1)));
        }
        return entries;
    }

    private static YamlNode ScalarOf(YamlScalar scalar)
    {
        var tag = scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? "" : scalar.Tag.Value;
        if (tag is not "" && !IsKnown(tag))
            throw new YamlFormatException(LineOf(scalar), $"The tag '{tag}' is not known here.");
        return new(LineOf(scalar)) { Text = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain && tag != CoreTags + "str" && !scalar.Tag.IsNonSpecific };
    }

    private static bool IsKnown(string tag) => tag.StartsWith(CoreTags, StringComparison.Ordinal) && tag[CoreTags.Length..] is "str" or "int" or "float" or "bool" or "null";

    private ParsingEvent Next()
    {
        if (++_events > MaxEvents)
            throw new YamlFormatException(_parser.Current is { } last ? LineOf(last) : 0, $"A file has at most {MaxEvents} values.");
        if (!_parser.MoveNext() || _parser.Current is not { } now)
            throw new YamlFormatException(0, "It ends too early.");
        return now;
    }

    private static int LineOf(ParsingEvent at) => (int)at.Start.Line;
}
