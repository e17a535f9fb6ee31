using System.Text;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>
/// Words and <c>{</c>, <c>}</c>, <c>;</c> of nginx's syntax: quotes of both kinds around a whole word, a backslash before what would mean something, comments from <c>#</c> at the start of a word.
/// </summary>
internal sealed class NginxTokenizer(string text)
{
    private int _position;
    private int _line = 1;

    /// <summary>Why there are no more, where that is not the end; null else.</summary>
    public string? Error { get; private set; }

    /// <summary>The line that is read.</summary>
    public int Line => _line;

    /// <summary>The next; false at the end, and where something is wrong.</summary>
    public bool TryRead(out SourceWord word)
    {
        word = default;
        SkipBlanks();
        if (_position == text.Length)
            return false;
        var (line, letter) = (_line, text[_position]);
        if (letter is '{' or '}' or ';')
        {
            _position++;
            word = new(letter.ToString(), line);
            return true;
        }
        if (letter is '"' or '\'')
            return TryReadQuoted(letter, out word);
        word = new(Plain(), line);
        // What is plain is not taken for one of the three above.
        return true;
    }

    private void SkipBlanks()
    {
        while (_position < text.Length)
        {
            if (text[_position] == '#')
            {
                while (_position < text.Length && text[_position] != '\n')
                    _position++;
            }
            else if (text[_position] is ' ' or '\t' or '\r' or '\n')
                Advance();
            else
                return;
        }
    }

    private void Advance()
    {
        if (text[_position++] == '\n')
            _line++;
    }

    private bool TryReadQuoted(char quote, out SourceWord word)
    {
        var line = _line;
        var read = new StringBuilder();
        word = default;
        for (_position++; _position < text.Length && text[_position] != quote; Advance())
            read.Append(Unescaped());
        if (_position == text.Length)
        {
            Error = $"The quote of line {line} has no end.";
            return false;
        }
        _position++;
        if (_position < text.Length && text[_position] is not (' ' or '\t' or '\r' or '\n' or ';' or '{' or ')'))
        {
            Error = $"Behind the quote of line {line} nothing may stand at once.";
            return false;
        }
        word = new(read.ToString(), line, IsQuoted: true);
        return true;
    }

    private string Plain()
    {
        var read = new StringBuilder();
        for (var last = '\0'; _position < text.Length; Advance())
        {
            var letter = text[_position];
            // "${name}" is a variable, and its brace no block.
            if (letter is ' ' or '\t' or '\r' or '\n' or ';' || (letter == '{' && last != '$'))
                break;
            read.Append(Unescaped());
            last = letter;
        }
        return read.ToString();
    }

    /// <summary>A character, or what a backslash makes of the one behind it: of others both stay.</summary>
    private string Unescaped()
    {
        var letter = text[_position];
        if (letter != '\\' || _position + 1 == text.Length)
            return letter.ToString();
        Advance();
        return text[_position] switch
        {
            '"' or '\'' or '\\' => text[_position].ToString(),
            't' => "\t",
            'r' => "\r",
            'n' => "\n",
            var other => $"\\{other}",
        };
    }
}
