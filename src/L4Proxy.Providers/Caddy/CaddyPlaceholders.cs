using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Caddy;

/// <summary>Texts with Caddy's placeholders of a request, as they are written here.</summary>
internal static partial class CaddyPlaceholders
{
    private const string Labels = "http.request.host.labels.";

    private static readonly Dictionary<string, string> s_known = new(StringComparer.Ordinal)
    {
        ["http.request.scheme"] = "scheme", ["http.request.host"] = "host", ["http.request.hostport"] = "authority",
        ["http.request.uri"] = "uri", ["http.request.uri.path"] = "path", ["http.request.uri.query"] = "query",
        ["http.request.orig_uri"] = "uri", ["http.request.orig_uri.path"] = "path", ["http.request.orig_uri.query"] = "query",
    };

    /// <summary>The text; null where it has another placeholder.</summary>
    /// <param name="text">As Caddy has it.</param>
    /// <param name="mayHaveBraces">Whether what is no placeholder stays as it is, as in a body.</param>
    public static string? Of(string text, bool mayHaveBraces = false)
    {
        var written = new StringBuilder();
        var end = 0;
        foreach (Match match in Placeholder().Matches(text))
        {
            var name = match.Value[1..^1];
            if (Known(name) is { } known)
                written.Append(GoReplacement.Literal(text[end..match.Index])).Append('{').Append(known).Append('}');
            else if (mayHaveBraces && !IsOfCaddy(name))
                written.Append(GoReplacement.Literal(text[end..(match.Index + match.Length)]));
            else
                return null;
            end = match.Index + match.Length;
        }
        return written.Append(GoReplacement.Literal(text[end..])).ToString();
    }

    /// <summary>A name that is made of labels of the hosts that are asked for; null where it is made of something else.</summary>
    public static string? NameOf(string text, IReadOnlyList<string>? hosts)
    {
        var isKnown = true;
        var name = Placeholder().Replace(text, match => LabelOf(match.Value[1..^1]) is { } number && CaddyHost.LabelOf(hosts, number) is { } label ? label : Unknown(out isKnown));
        return isKnown ? name : null;
    }

    private static string Unknown(out bool isKnown)
    {
        isKnown = false;
        return "";
    }

    /// <summary>The number of a label of the host, from the right; null where it is something else.</summary>
    private static int? LabelOf(string name) =>
        name.StartsWith(Labels, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Labels.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < 127 ? number : null;

    private static string? Known(string name) => s_known.GetValueOrDefault(name) ?? (LabelOf(name) is { } label ? $"label.{label}" : null);

    private static bool IsOfCaddy(string name) => name.StartsWith("http.", StringComparison.Ordinal) || name.StartsWith("env.", StringComparison.Ordinal)
        || name.StartsWith("system.", StringComparison.Ordinal) || name.StartsWith("time.", StringComparison.Ordinal) || name.StartsWith("file.", StringComparison.Ordinal);

    [GeneratedRegex(@"\{[^{}\s]*\}", RegexOptions.NonBacktracking)]
    private static partial Regex Placeholder();
}
