using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace L4Proxy.Names;

/// <summary>
/// One entry of <c>Match:SniRegex</c>: a regular expression over the whole normalised server name, in time linear in the
/// name (no look-around, no back-references). Its groups are captures, by name or by number.
/// </summary>
internal sealed class SniRegexPattern
{
    private readonly Regex _regex;
    private readonly string _text;

    private SniRegexPattern(string text, Regex regex)
    {
        _text = text;
        _regex = regex;
        CaptureNames = [.. regex.GetGroupNames().Skip(1)];
    }

    /// <summary>The names of its groups; an unnamed group's is its number, from <c>1</c>.</summary>
    public IReadOnlyList<string> CaptureNames { get; }

    /// <summary>Whether a normalised name matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> name) => _regex.IsMatch(name);

    /// <summary>What <paramref name="captureName"/> stands for in a normalised name that matches.</summary>
    public bool TryCapture(string name, string captureName, out ReadOnlySpan<char> value)
    {
        value = default;
        var group = _regex.Match(name).Groups[captureName];
        if (!group.Success)
            return false;
        value = group.ValueSpan;
        return true;
    }

    /// <summary>Reads one entry of <c>Match:SniRegex</c>.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out SniRegexPattern? value, [NotNullWhen(false)] out string? error)
    {
        value = null;
        // By itself first: "a)|(?:b" is wrong, but would be right, and unanchored, inside the anchors.
        if (!LinearRegex.TryCreate(text, ignoresCase: true, out _, out error)
            || !LinearRegex.TryCreate($@"\A(?:{text})\z", ignoresCase: true, out var anchored, out error))
            return false;
        value = new SniRegexPattern(text, anchored);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => _text;
}
