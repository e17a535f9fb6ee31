using System.Text.RegularExpressions;

namespace L4Proxy.Gateway;

/// <summary>Tells by a file's text whose it is.</summary>
internal static partial class ImportedKinds
{
    /// <summary>JSON and options in braces with nothing before them are Caddy's, a section on a line of its own HAProxy's, a block or a directive with its semicolon nginx's.</summary>
    public static ImportedKind Of(string text)
    {
        // A Caddy that was never configured says null.
        if (Braces().IsMatch(text) || text.AsSpan().Trim() is "null")
            return ImportedKind.Caddy;
        if (Section().IsMatch(text))
            return ImportedKind.HaProxy;
        return Block().IsMatch(text) ? ImportedKind.Nginx : ImportedKind.Unknown;
    }

    [GeneratedRegex(@"\A(?:\s|#.*\n)*[{\[]", RegexOptions.NonBacktracking)]
    private static partial Regex Braces();

    [GeneratedRegex(@"^[ \t]*(?:global|defaults|frontend|backend|listen)(?:[ \t]+[\w.:-]+)*[ \t\r]*(?:#.*)?$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Section();

    [GeneratedRegex(@"^[ \t]*(?:stream|events|http|mail)\s*\{|^[ \t]*\w+[ \t][^;{}#]*;[ \t\r]*(?:#.*)?$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Block();
}
