using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Configuration.Validation;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>The page of the configuration: its tables are those of the records, its examples are valid.</summary>
public partial class ConfigurationPageTests
{
    private const string Page = "docs/configuration.md";

    public static TheoryData<string> Examples => [.. Example().Matches(CommittedFile.Read(Page)).Select(match => match.Groups[1].Value)];

    [Fact]
    public void The_tables_are_those_of_the_records() => CommittedFile.AssertIs(Page, Table().Replace(
        CommittedFile.Read(Page), match => $"<!-- keys: {match.Groups[1].Value} -->\n{Rows(match.Groups[1].Value)}<!-- end -->"));

    [Fact]
    public void Every_record_has_its_table() => Assert.Equal(
        AllShapes.Records.Select(shape => shape.Type.Name).Order(StringComparer.Ordinal),
        Table().Matches(CommittedFile.Read(Page)).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void The_documentation_of_a_value_is_that_of_its_key() => Assert.All(AllShapes.Records, shape =>
    {
        var path = RecordSource.PathOf(shape);
        CommittedFile.AssertIs(path, RecordSource.Written(shape, CommittedFile.Read(path)));
    });

    [Fact]
    public void Every_key_is_on_the_page()
    {
        var page = CommittedFile.Read(Page);

        Assert.All(AllShapes.Records.SelectMany(shape => shape.Keys), key => Assert.Contains($"| `{key.Name}` |", page, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_is_valid_or_says_what_it_is_not(string example)
    {
        var result = ConfigReader.ParseFile(Encoding.UTF8.GetBytes(example), "example");
        Assert.Empty(result.Errors);
        var (errors, warnings) = ConfigValidatorTests.Validate(result.Config);

        Assert.Empty(warnings);
        Assert.Equal(example.Contains("not supported yet", StringComparison.Ordinal), errors.Count > 0);
        Assert.All(errors, error => Assert.Contains("not supported yet", error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_not_supported_yet_is_named()
    {
        var page = CommittedFile.Read(Page);
        var named = NotSupportedYet.Protocols
            .Concat(NotSupportedYet.Schemes.Select(scheme => scheme.ToString().ToLowerInvariant()));

        Assert.All(named, name => Assert.Matches($"`{name}\\b", page));
    }

    private static string Rows(string record)
    {
        var shape = AllShapes.Records.Single(shape => shape.Type.Name == record);
        var rows = new StringBuilder("| key | meaning | value |\n|---|---|---|\n");
        foreach (var key in shape.Keys)
            rows.Append("| `").Append(key.Name).Append("` | ").Append(Meaning(shape, key)).Append(" | ").Append(Value(key)).Append(" |\n");
        return rows.ToString();
    }

    private static string Meaning(RecordShape shape, ConfigKey key) =>
        Cell(RecordDocs.Summary(shape.Type, key.Name, code: "`"));

    private static string Value(ConfigKey key)
    {
        var value = Cell(KeyDocs.Value(key));
        return value.Length > 0 ? value : key.Shape switch
        {
            RecordShape => "See below.",
            MapShape { Element: RecordShape } => "See below, by id.",
            MapShape => "Texts by keys.",
            ListShape => "List.",
            _ => "Text.",
        };
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    [GeneratedRegex(@"<!-- keys: (\w+) -->\n(?s:.*?)<!-- end -->")]
    private static partial Regex Table();

    [GeneratedRegex(@"```jsonc\n((?s:.*?))```")]
    private static partial Regex Example();
}
