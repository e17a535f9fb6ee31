using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace L4Proxy.Providers.Traefik.Rules;

/// <summary>
/// Traefik's language of rules: matchers with texts in backticks or double quotes, <c>!</c> before <c>&amp;&amp;</c> before <c>||</c>, and parentheses. Texts in double quotes have the escapes
/// of Go.
/// </summary>
internal sealed class RuleParser
{
    private const int MaxLength = 65_536;
    private const int MaxDepth = 32;

    private readonly string _text;
    private int _at;
    private int _depth;

    private RuleParser(string text) => _text = text;

    /// <summary>Reads a rule.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RuleNode? rule, [NotNullWhen(false)] out string? error)
    {
        (rule, error) = (null, null);
        try
        {
            if (text.Length > MaxLength)
                throw new FormatException($"A rule has at most {MaxLength} characters.");
            var parser = new RuleParser(text);
            var read = parser.Or();
            if (parser.Peek() != '\0')
                throw parser.Wrong("'&&', '||' or the end");
            rule = read;
        }
        catch (FormatException e)
        {
            error = e.Message;
        }
        return rule is not null;
    }

    private RuleNode Or() => List("||", And, isAnd: false);

    private RuleNode And() => List("&&", Unary, isAnd: true);

    private RuleNode List(string separator, Func<RuleNode> part, bool isAnd)
    {
        var parts = new List<RuleNode> { part() };
        while (Take(separator))
            parts.Add(part());
        return parts.Count == 1 ? parts[0] : new RuleList(parts, isAnd);
    }

    private RuleNode Unary()
    {
        if (++_depth > MaxDepth)
            throw new FormatException($"At character {_at + 1}: a rule is at most {MaxDepth} deep.");
        var node = Take("!") ? new RuleNot(Unary()) : Take("(") ? Inner() : Call();
        _depth--;
        return node;
    }

    private RuleNode Inner()
    {
        var inner = Or();
        Expect(")");
        return inner;
    }

    private RuleCall Call()
    {
        Peek();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            _at++;
        if (_at == start)
            throw Wrong("a matcher, '!' or '('");
        var name = _text[start.._at];
        Expect("(");
        var arguments = new List<string>();
        while (Peek() != ')')
        {
            arguments.Add(Text());
            if (Peek() != ')')
                Expect(",");
        }
        Expect(")");
        return new(name, arguments);
    }

    private string Text()
    {
        var quote = Peek();
        if (quote is not ('`' or '"'))
            throw Wrong("a text in backticks or double quotes");
        var start = ++_at;
        var text = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
            text.Append(quote == '"' && _text[_at] == '\\' ? Escape() : _text[_at++].ToString());
        if (_at == _text.Length)
            throw new FormatException($"At character {start}: the text has no end.");
        _at++;
        return text.ToString();
    }

    private string Escape()
    {
        var letter = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
        var known = @"abfnrtv\""".IndexOf(letter, StringComparison.Ordinal);
        if (known >= 0 && letter != '\0')
        {
            _at += 2;
            return "\a\b\f\n\r\t\v\\\""[known].ToString();
        }
        var digits = letter switch { 'x' => 2, 'u' => 4, _ => 0 };
        if (digits == 0 || _at + 2 + digits > _text.Length
            || !ushort.TryParse(_text.AsSpan(_at + 2, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw new FormatException($"At character {_at + 1}: this is no escape that is known here.");
        _at += 2 + digits;
        return ((char)code).ToString();
    }

    private bool Take(string token)
    {
        Peek();
        if (!_text.AsSpan(_at).StartsWith(token, StringComparison.Ordinal))
            return false;
        _at += token.Length;
        return true;
    }

    private void Expect(string token)
    {
        if (!Take(token))
            throw Wrong($"'{token}'");
    }

    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private FormatException Wrong(string expected) => new($"At character {_at + 1} of the rule should be {expected}.");
}
