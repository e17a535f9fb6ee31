using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>Makes the JSON schema of <c>appsettings.json</c> from the shapes and the records' documentation.</summary>
internal static class SchemaGenerator
{
    private const string DurationPattern = @"^(\d{1,5}\.)?([01]?\d|2[0-3]):[0-5]?\d(:[0-5]?\d(\.\d{1,7})?)?$";

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Generate()
    {
        var schema = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "The L4Proxy section of appsettings.json",
            ["type"] = "object",
            ["properties"] = new JsonObject { ["L4Proxy"] = Reference(L4Config.Keys.Shape) },
            ["definitions"] = new JsonObject(AllShapes.Records.OrderBy(shape => shape.Type.Name, StringComparer.Ordinal)
                .Select(shape => KeyValuePair.Create<string, JsonNode?>(shape.Type.Name, Definition(shape)))),
        };
        return schema.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Reference(RecordShape shape) => new() { ["$ref"] = $"#/definitions/{shape.Type.Name}" };

    private static JsonObject Definition(RecordShape shape)
    {
        var record = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(shape.Keys
                .Select(key => KeyValuePair.Create<string, JsonNode?>(key.Name, Property(shape, key)))),
            ["additionalProperties"] = false,
        };
        var definition = new JsonObject { ["description"] = RecordDocs.Summary(shape.Type) };
        if (shape.Shorthand is { } shorthand)
            definition["anyOf"] = new JsonArray(Node(shorthand.Shape), record);
        else
            Add(definition, record);
        return definition;
    }

    private static JsonObject Property(RecordShape shape, ConfigKey key)
    {
        var property = Node(key.Shape);
        if (key.Default is not null)
            property["default"] = Default(key);
        var description = $"{RecordDocs.Summary(shape.Type, key.Name)} {KeyDocs.Value(key)}".Trim();
        // Beside "$ref" nothing else counts.
        if (property.ContainsKey("$ref"))
            property = new JsonObject { ["allOf"] = new JsonArray(property) };
        property["description"] = description.Replace("`", "", StringComparison.Ordinal);
        return property;
    }

    private static JsonObject Node(ConfigShape shape) => shape switch
    {
        RecordShape record => Reference(record),
        ListShape list => List(list),
        MapShape { Element: RecordShape record } => new()
        {
            ["type"] = "object",
            ["propertyNames"] = new JsonObject { ["pattern"] = "^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$" },
            ["additionalProperties"] = Reference(record),
        },
        MapShape map => new() { ["type"] = "object", ["additionalProperties"] = Node(map.Element) },
        ScalarShape scalar => Scalar(scalar),
        _ => throw new ArgumentException("Unknown shape.", nameof(shape)),
    };

    private static JsonObject List(ListShape shape)
    {
        var node = new JsonObject { ["type"] = "array", ["items"] = shape.Element is ScalarShape item ? Scalar(item, orNull: false) : Node(shape.Element) };
        if (shape.WhenEmpty is not null)
            node["minItems"] = 1;
        return node;
    }

    private static JsonObject Scalar(ScalarShape shape, bool orNull = true)
    {
        return shape switch
        {
            TextShape { IsNumeric: true } => new() { ["type"] = Types(orNull, "string", "number") },
            TextShape => new() { ["type"] = Types(orNull, "string") },
            BooleanShape => new() { ["type"] = Types(orNull, "boolean") },
            NumberShape<int> integer => new() { ["type"] = Types(orNull, "integer"), ["minimum"] = integer.Min, ["maximum"] = integer.Max },
            NumberShape<long> integer => new() { ["type"] = Types(orNull, "integer"), ["minimum"] = integer.Min, ["maximum"] = integer.Max },
            NumberShape<double> number => new() { ["type"] = Types(orNull, "number"), ["minimum"] = number.Min, ["maximum"] = number.Max },
            DurationShape => new() { ["type"] = Types(orNull, "string"), ["pattern"] = DurationPattern },
            TimeOfDayShape => new() { ["type"] = Types(orNull, "string"), ["pattern"] = @"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$" },
            NameShape name => new() { ["enum"] = Values(orNull, name.Names) },
            _ => throw new ArgumentException("Unknown shape.", nameof(shape)),
        };
    }

    private static JsonNode Types(bool orNull, params string[] types) =>
        !orNull && types.Length == 1 ? types[0] : new JsonArray([.. types, .. orNull ? (JsonNode[])["null"] : []]);

    private static JsonArray Values(bool orNull, IEnumerable<string> values) =>
        new([.. values.Select(value => JsonValue.Create(value)), .. orNull ? (JsonNode?[])[null] : []]);

    private static JsonNode Default(ConfigKey key)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            key.Shape.Write(writer, key.Default!);
        return JsonNode.Parse(buffer.ToArray())!;
    }

    private static void Add(JsonObject to, JsonObject from)
    {
        foreach (var (name, value) in from.ToList())
        {
            from.Remove(name);
            to.Add(name, value);
        }
    }
}
