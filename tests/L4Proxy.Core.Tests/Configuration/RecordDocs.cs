using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace L4Proxy.Core.Tests.Configuration;

/// <summary>The XML documentation of the records, which the schema and the page of the configuration repeat.</summary>
internal static partial class RecordDocs
{
    private static readonly Dictionary<string, XElement> Members = XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "L4Proxy.Core.xml"))
        .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value);

    /// <summary>What a record is.</summary>
    public static string Summary(Type record) => Text(Member(record, null), "summary", code: "");

    /// <summary>What a key means.</summary>
    /// <param name="record">The record.</param>
    /// <param name="key">The key.</param>
    /// <param name="code">What is put around names and values.</param>
    public static string Summary(Type record, string key, string code = "") => Text(Member(record, key), "summary", code);

    private static XElement Member(Type record, string? key) =>
        Members[key is null ? $"T:{record.FullName}" : $"P:{record.FullName}.{key}"];

    private static string Text(XElement member, string part, string code) =>
        member.Element(part) is { } element ? Blanks().Replace(string.Concat(element.Nodes().Select(node => Text(node, code))), " ").Trim() : "";

    private static string Text(XNode node, string code) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } element => $"{code}{element.Value}{code}",
        XElement element when element.Attribute("cref")?.Value is { } cref => $"{code}{Reference(cref)}{code}",
        _ => throw new InvalidOperationException($"unexpected in the documentation of a record: {node}"),
    };

    // "P:L4Proxy.Configuration.L4Route.Order" is Order, and a mode is written as its name.
    private static string Reference(string cref)
    {
        var name = cref[(cref.LastIndexOf('.') + 1)..];
        return cref.StartsWith("T:", StringComparison.Ordinal) && name.StartsWith("L4", StringComparison.Ordinal) ? name[2..] : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
