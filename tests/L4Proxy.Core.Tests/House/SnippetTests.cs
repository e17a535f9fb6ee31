using System.Text.RegularExpressions;

namespace L4Proxy.Core.Tests.House;

/// <summary>C# in the documents compiles: it is copied from files that do.</summary>
public partial class SnippetTests
{
    private static readonly List<string> s_sources =
    [
        .. new[] { "docs/snippets", "src", "tests", "samples" }
            .SelectMany(folder => Directory.GetFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal)).Select(path => Normalize(File.ReadAllText(path))),
    ];

    public static TheoryData<string> Paragraphs =>
    [
        .. DocsTests.Documents.Select(row => row.Data).Where(document => document != "CHANGELOG.md")
            .SelectMany(document => Block().Matches(Repository.Read(document)).Select(match => match.Groups[1].Value))
            .SelectMany(block => block.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)),
    ];

    [Theory]
    [MemberData(nameof(Paragraphs))]
    public void Every_paragraph_of_code_is_in_a_file_that_compiles(string paragraph) =>
        Assert.Contains(s_sources, source => source.Contains(Normalize(paragraph), StringComparison.Ordinal));

    /// <summary>Without indentation.</summary>
    private static string Normalize(string text) => string.Join('\n', text.Trim().Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
