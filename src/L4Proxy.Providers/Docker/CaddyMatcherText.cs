using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace L4Proxy.Providers.Docker;

/// <summary>A matcher as a Caddyfile has it in one line, <c>tls sni a.example.com</c>, made what it is in Caddy's JSON.</summary>
internal static partial class CaddyMatcherText
{
    private static readonly string[] s_private = ["192.168.0.0/16", "172.16.0.0/12", "10.0.0.0/8", "127.0.0.0/8", "fd00::/8", "::1"];

    /// <summary>The words of a line; one in quotation marks or backquotes may have spaces.</summary>
    public static List<string> Words(string text) => [.. Word().Matches(text).Select(match => Unquoted(match.Value))];

    /// <summary>Adds a matcher to a set, all of which must hold.</summary>
    public static bool TryAdd(JsonObject set, IReadOnlyList<string> words, [NotNullWhen(false)] out string? error)
    {
        error = words is [] ? "It names no matcher." : null;
        return error is null && TryMerge(set, Matcher(words), out error);
    }

    private static JsonObject Matcher(IReadOnlyList<string> words)
    {
        List<string> rest = [.. words.Skip(1)];
        return new()
        {
            [words[0]] = words[0] switch
            {
                "tls" or "quic" => Hello(rest),
                "remote_ip" or "local_ip" => Ranges(rest),
                "http" => new JsonArray(rest.Count == 0 ? [] : [new JsonObject { [rest[0]] = Texts(rest.Skip(1)) }]),
                "not" => new JsonArray(rest.Count == 0 ? [] : [Matcher(rest)]),
                "regexp" => Pattern(rest),
                // Nothing that these say beside their name has anything like it, which is said when they are read.
                _ => rest.Count == 0 ? new JsonObject() : new JsonObject { [rest[0]] = Texts(rest.Skip(1)) },
            },
        };
    }

    private static JsonObject Hello(List<string> words) => words switch
    {
        [] => [],
        ["sni_regexp", .. var rest] => new() { ["sni_regexp"] = rest.Count is 1 or 2 ? new JsonObject { ["pattern"] = rest[^1] } : Texts(rest) },
        ["remote_ip" or "local_ip", .. var rest] => new() { [words[0]] = Ranges(rest) },
        [var field, .. var rest] => new() { [field] = Texts(rest) },
    };

    private static JsonObject Ranges(List<string> words) =>
        words.Count == 0 ? [] : new() { ["ranges"] = Texts(words.SelectMany(word => word is "private_ranges" ? s_private : [word])) };

    // Without a pattern it would match everything, and a list is refused where it is read.
    private static JsonNode Pattern(List<string> words)
    {
        if (words.Count is 0 or > 2)
            return Texts(words);
        var pattern = new JsonObject { ["pattern"] = words[0] };
        if (words.Count > 1)
            pattern["count"] = long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : words[1];
        return pattern;
    }

    private static JsonArray Texts(IEnumerable<string> words) => [.. words.Select(word => JsonValue.Create(word))];

    private static bool TryMerge(JsonObject into, JsonObject from, [NotNullWhen(false)] out string? error)
    {
        error = null;
        foreach (var (key, value) in from.ToList())
        {
            from.Remove(key);
            if (into[key] is JsonObject known && value is JsonObject more)
            {
                if (!TryMerge(known, more, out error))
                    return false;
            }
            else if (!into.TryAdd(key, value))
            {
                error = $"Another label of the matcher says what '{key}' is, too.";
                return false;
            }
        }
        return true;
    }

    private static string Unquoted(string word) => word.Length > 1 && word[0] is '"' or '`' && word[^1] == word[0] ? word[1..^1] : word;

    [GeneratedRegex("\"[^\"]*\"|`[^`]*`|\\S+", RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
