using System.Text.Json;

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

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.NameEquals("$ref") ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
