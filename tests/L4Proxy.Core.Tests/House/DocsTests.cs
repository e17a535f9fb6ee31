using System.Text.RegularExpressions;

namespace L4Proxy.Core.Tests.House;

/// <summary>What the documents name must exist.</summary>
public partial class DocsTests
{
    public static TheoryData<string> Documents =>
    [
        "README.md", "CHANGELOG.md",
        .. Directory.GetFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path)),
        .. Directory.GetFiles(Repository.PathOf("src"), "README.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path)),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_link_leads_somewhere(string document)
    {
        foreach (Match link in Link().Matches(Repository.Read(document)))
        {
            var target = link.Groups[1].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith('#'))
                continue;
            var path = Path.Combine(Path.GetDirectoryName(Repository.PathOf(document))!, target.Split('#')[0]);
            Assert.True(Path.Exists(path), $"{document} links to {target}");
        }
    }

    [Fact]
    public void Every_symbol_and_file_in_the_life_of_a_connection_exists()
    {
        var sources = Sources();
        foreach (Match symbol in Symbol().Matches(Repository.Read("docs/life-of-a-connection.md")))
        {
            var name = symbol.Groups[1].Value;
            var type = name.Split('/')[^1].Split('.')[0];
            Assert.True(sources.Files.Contains(type) || sources.Text.Contains(type, StringComparison.Ordinal), $"{name} is not in the sources");
            if (name.Contains('.', StringComparison.Ordinal) && !name.Contains('/', StringComparison.Ordinal))
                Assert.Contains(name.Split('.')[1], sources.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_test_named_in_the_teardown_table_exists()
    {
        var tests = string.Concat(Directory.GetFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText));
        var named = TestName().Matches(Repository.Read("docs/teardown.md")).Select(match => match.Groups[1].Value).ToList();
        Assert.True(named.Count > 20);
        Assert.All(named, name => Assert.Contains($" {name}(", tests, StringComparison.Ordinal));
    }

    /// <summary>And the other way round: what is played has a row.</summary>
    [Fact]
    public void Every_row_of_bad_destinations_is_played_by_the_test_that_it_names()
    {
        var rows = Repository.Read("docs/bad-destinations.md").Split("\n## Beside ")[0].Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| what ", StringComparison.Ordinal));
        var named = rows.Select(row => TestName().Match(row.Split('|')[^2]).Groups[1].Value);
        var played = new[] { typeof(Tcp.BadDestinationTests), typeof(Udp.BadDestinationTests) }
            .SelectMany(tests => tests.GetMethods()).Where(method => method.IsDefined(typeof(FactAttribute), inherit: true)).Select(method => method.Name);
        Assert.Equal(played.Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("edge.json")]
    [InlineData("origin.json")]
    public void The_page_on_two_hops_shows_the_files_of_its_sample(string name)
    {
        var file = Repository.Read($"samples/MultiHop/{name}");
        Assert.Contains(file[file.IndexOf("  \"L4Proxy\": {", StringComparison.Ordinal)..].TrimEnd(), Repository.Read("docs/multi-hop.md"), StringComparison.Ordinal);
    }

    private static (HashSet<string> Files, string Text) Sources()
    {
        var files = Directory.GetFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).ToList();
        return ([.. files.Select(file => Path.GetFileNameWithoutExtension(file)!)], string.Concat(files.Select(File.ReadAllText)));
    }

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`([A-Z][A-Za-z]+(?:[./][A-Z][A-Za-z]+)*)`")]
    private static partial Regex Symbol();

    [GeneratedRegex("`([A-Z][a-zA-Z0-9]*(?:_[A-Za-z0-9]+)+)`")]
    private static partial Regex TestName();
}
