using System.Text.Json;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Core.Tests.Configuration;

public class SchemaTests
{
    private const string SchemaPath = "src/L4Proxy.Core/ConfigurationSchema.json";

    [Fact]
    public void The_committed_schema_is_the_one_of_the_records() => CommittedFile.AssertIs(SchemaPath, SchemaGenerator.Generate());

    [Fact]
    public void Every_reference_of_the_schema_leads_somewhere()
    {
        using var schema = JsonDocument.Parse(CommittedFile.Read(SchemaPath));
        var definitions = schema.RootElement.GetProperty("definitions");

        var references = References(schema.RootElement).ToHashSet();

        Assert.Equal(
            AllShapes.Records.Select(shape => shape.Type.Name).Order(StringComparer.Ordinal),
            references.Select(reference => reference["#/definitions/".Length..]).Order(StringComparer.Ordinal));
        Assert.All(references, reference => Assert.True(definitions.TryGetProperty(reference["#/definitions/".Length..], out _)));
    }

    [Fact]
    public void Only_the_section_is_closed_and_the_file_around_it_is_open()
    {
        using var schema = JsonDocument.Parse(CommittedFile.Read(SchemaPath));

        Assert.False(schema.RootElement.TryGetProperty("additionalProperties", out _));
        Assert.False(schema.RootElement.GetProperty("definitions").GetProperty("L4Config").GetProperty("additionalProperties").GetBoolean());
    }

    [Fact]
    public void Every_key_is_described()
    {
        foreach (var shape in AllShapes.Records)
        {
            Assert.NotEmpty(RecordDocs.Summary(shape.Type));
            Assert.All(shape.Keys, key => Assert.EndsWith(".", RecordDocs.Summary(shape.Type, key.Name), StringComparison.Ordinal));
        }
    }

    [Fact]
    public void The_documentation_of_a_key_says_its_range_and_its_default()
    {
        foreach (var shape in AllShapes.Records)
        {
            foreach (var key in shape.Keys)
            {
                if (key.Shape is ScalarShape scalar)
                    AssertSays(RecordDocs.Value(shape.Type, key.Name), scalar, $"{shape.Type.Name}.{key.Name}");
            }
        }
    }

    private static void AssertSays(string documentation, ScalarShape shape, string key)
    {
        var (min, max) = shape switch
        {
            // Any number: nothing to say.
            IntegerShape { Min: int.MinValue } => (null, null),
            IntegerShape integer => ($"{integer.Min}", $"{integer.Max}"),
            LongShape integer => ($"{integer.Min}", $"{integer.Max}"),
            NumberShape number => ($"{number.Min} ", $"to {number.Max} "),
            DurationShape duration => (Prose(duration.Min), Prose(duration.Max)),
            _ => (null, (string?)null),
        };
        Assert.True(min is null || documentation.Contains(min, StringComparison.Ordinal), $"{key}: {documentation} lacks {min}");
        Assert.True(max is null || documentation.Contains(max, StringComparison.Ordinal), $"{key}: {documentation} lacks {max}");
        Assert.True(shape is not DurationShape { ZeroIsOff: true } || documentation.Contains("0 is ", StringComparison.Ordinal)
            || documentation.Contains("Default: 0, which is off.", StringComparison.Ordinal), $"{key}: {documentation} lacks the zero");
        if (shape is NameShape name)
            Assert.All(name.Names, one => Assert.Contains(one, documentation, StringComparison.Ordinal));
        var @default = shape.Default switch
        {
            null => "",
            TimeSpan duration => Prose(duration),
            bool boolean => boolean ? "true" : "false",
            var value when shape is NameShape names => names.NameOf(value),
            var value => value.ToString()!,
        };
        Assert.True(shape.Default is null || documentation.Contains($"Default: {@default}", StringComparison.Ordinal), $"{key}: {documentation} lacks the default {@default}");
    }

    private static string Prose(TimeSpan duration) => duration switch
    {
        { Ticks: 0 } => "0",
        { TotalMilliseconds: < 1000 } => Count(duration.TotalMilliseconds, "millisecond"),
        // The kernel's most.
        { Hours: 9, Seconds: 7 } => "09:06:07",
        { TotalSeconds: < 120, Seconds: not 0 } => Count(duration.TotalSeconds, "second"),
        { TotalMinutes: < 60 } => Count(duration.TotalMinutes, "minute"),
        _ => Count(duration.TotalDays, "day"),
    };

    private static string Count(double count, string unit) => $"{count} {unit}{(count == 1 ? "" : "s")}";

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.NameEquals("$ref") ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
