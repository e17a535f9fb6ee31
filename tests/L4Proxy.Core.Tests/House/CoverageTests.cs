using System.Text.RegularExpressions;

namespace L4Proxy.Core.Tests.House;

/// <summary>docs/coverage.md lists the tests that show each row of what the source documents ask for. L4PROXY_UPDATE=1 writes it anew.</summary>
public partial class CoverageTests
{
    [Fact]
    public void Every_row_names_its_tests()
    {
        var rows = Directory.GetFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(path => Row().Matches(File.ReadAllText(path)).Select(match => (
                Id: match.Groups[1].Value, Test: match.Groups[2].Value, File: Path.GetRelativePath(Repository.Root, path))))
            .Order().Select(row => $"| {row.Id} | `{row.Test}` | `{row.File}` |\n");
        var page = "# What is shown by which test\n\nRows are those of the source documents: A caddy-agent, B hosting platform, C TCP ingress, D one proxy for L4 and L7, E internal names.\n\n"
            + "| row | test | file |\n|---|---|---|\n" + string.Concat(rows);
        if (Environment.GetEnvironmentVariable("L4PROXY_UPDATE") == "1")
            File.WriteAllText(Repository.PathOf("docs/coverage.md"), page);
        Assert.Equal(page, Repository.Read("docs/coverage.md"));
    }

    // The attribute, whatever stands between it and the method (another row of the same method's, too), and the method's name.
    [GeneratedRegex(@"\[Trait\(""Row"", ""(\w+)""\)\](?=(?:\s*\[[^\n]*\]\n)*\s*public (?:async )?(?:Task|void) (\w+)\()")]
    private static partial Regex Row();
}
