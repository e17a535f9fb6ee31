using System.Text.RegularExpressions;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>The file of a record, whose documentation of values is written from its keys.</summary>
internal static partial class RecordSource
{
    /// <summary>Where it is in the repository.</summary>
    public static string PathOf(RecordShape shape)
    {
        var root = Repository.PathOf("src/L4Proxy.Core/Configuration");
        return Path.GetRelativePath(Repository.PathOf("."), Directory.GetFiles(root, $"{shape.Type.Name}.cs", SearchOption.AllDirectories).Single());
    }

    /// <summary>The file with what it would say of values; what says so in other words of XML stays.</summary>
    public static string Written(RecordShape shape, string source) => Property().Replace(source, property =>
    {
        var value = KeyDocs.Value(shape.Find(property.Groups["name"].Value)!);
        var summary = property.Groups["summary"].Value;
        var said = property.Groups["value"].Value;
        if (Plain(said) == value)
            return property.Value;
        return summary + (value.Length == 0 ? "" : $"    /// <value>{Code().Replace(value, "<c>$1</c>")}</value>\n") + property.Groups["property"].Value;
    });

    private static string Plain(string xml)
    {
        var text = Markup().Replace(xml, "");
        text = Reference().Replace(text, match => $"`{match.Groups[1].Value.Split('.')[^1]}`");
        return Blanks().Replace(text.Replace("<c>", "`", StringComparison.Ordinal).Replace("</c>", "`", StringComparison.Ordinal), " ").Trim();
    }

    [GeneratedRegex(@"(?<summary>    /// <summary>(?:[^\n]*\n    ///)*?[^\n]*</summary>\n)(?<value>    /// <value>(?:[^\n]*\n    ///)*?[^\n]*</value>\n)?(?<property>    (?:public|internal) [^\n]+ (?<name>\w+) \{ get; init; \})")]
    private static partial Regex Property();

    [GeneratedRegex("`(.*?)`")]
    private static partial Regex Code();

    [GeneratedRegex("///|</?value>")]
    private static partial Regex Markup();

    [GeneratedRegex("""<see cref="([\w.]+)"/>""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
