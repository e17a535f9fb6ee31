using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace L4Proxy.Routing.Conditions;

/// <summary>
/// A regular expression over bytes taken as Latin-1. It is decided by all that it may look at; before, where it matches and nothing that follows can take that
/// back, and where what it must begin with is not there.
/// </summary>
internal sealed class RegexBytes(Regex regex, int length) : BytePattern
{
    private const int MostOnStack = 512;

    // What looks at what comes behind it. Taken for one where it is not ("\\b", "[$]") it costs a wait and no wrong answer.
    private static readonly string[] s_looksAhead = ["$", "\\b", "\\B", "\\z", "\\Z"];

    private readonly Regex _regex = regex;
    private readonly bool _canBeTakenBack = s_looksAhead.Any(anchor => regex.ToString().Contains(anchor, StringComparison.Ordinal));
    private readonly byte[] _beginning = BeginningOf(regex.ToString());

    public override int Length => length;

    /// <summary>What whatever it matches begins with: the plain characters after an anchor, as far as the text certainly says so.</summary>
    public static byte[] BeginningOf(string text)
    {
        var start = text.StartsWith('^') ? 1 : text.StartsWith("\\A", StringComparison.Ordinal) ? 2 : 0;
        // Alternatives may begin otherwise, and options in the text ("(?i)", "(?m)") change what it means.
        if (start == 0 || text.Contains('|', StringComparison.Ordinal) || text.Contains("(?", StringComparison.Ordinal))
            return [];
        var end = start;
        while (end < text.Length && IsPlain(text[end]))
            end++;
        // A quantifier is of the character before it.
        if (end > start && end < text.Length && text[end] is '*' or '?' or '+' or '{')
            end--;
        return Encoding.Latin1.GetBytes(text[start..end]);
    }

    protected override ConditionResult Look(ReadOnlySpan<byte> window, bool isAll)
    {
        if ((isAll || !_canBeTakenBack) && IsMatch(window))
            return ConditionResult.True;
        var known = Math.Min(window.Length, _beginning.Length);
        return isAll || !window[..known].SequenceEqual(_beginning.AsSpan(0, known)) ? ConditionResult.False : ConditionResult.Unknown;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is ' ' or '/' or '-' or '_' or ':' or '@' or '=' or ',' or ';' or '"' or '\'' or '<' or '>' or '!' or '%' or '&' or '~';

    private bool IsMatch(ReadOnlySpan<byte> window)
    {
        if (window.Length > MostOnStack)
            return IsMatchOfMany(window);
        Span<char> text = stackalloc char[window.Length];
        Encoding.Latin1.GetChars(window, text);
        return _regex.IsMatch(text);
    }

    private bool IsMatchOfMany(ReadOnlySpan<byte> window)
    {
        var text = ArrayPool<char>.Shared.Rent(window.Length);
        Encoding.Latin1.GetChars(window, text);
        var matches = _regex.IsMatch(text.AsSpan(0, window.Length));
        ArrayPool<char>.Shared.Return(text);
        return matches;
    }
}
