using System.Globalization;
using System.Text;
using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>The words of one line: quotes of both kinds anywhere in a word, a backslash before what would mean something, comments from <c>#</c>, variables of the environment within double quotes.</summary>
internal sealed class HaProxyTokenizer(string line, int number)
{
    private readonly List<SourceWord> _words = [];
    private readonly StringBuilder _word = new();
    private int _position;
    private bool _isWord;
    private bool _isQuoted;

    /// <summary>Why the line is not what it seems; null where it is.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the words.</summary>
    public IReadOnlyList<SourceWord> Read()
    {
        while (_position < line.Length && line[_position] != '#')
        {
            switch (line[_position])
            {
                case ' ' or '\t' or '\r':
                    _position++;
                    End();
                    break;
                case '\'':
                    ReadStrong();
                    break;
                case '"':
                    ReadWeak();
                    break;
                default:
                    Append(Unescaped());
                    break;
            }
        }
        End();
        return _words;
    }

    private void End()
    {
        if (_isWord)
            _words.Add(new(_word.ToString(), number, _isQuoted));
        _word.Clear();
        (_isWord, _isQuoted) = (false, false);
    }

    private void Append(string text)
    {
        _word.Append(text);
        _isWord = true;
    }

    private void ReadStrong()
    {
        (_isWord, _isQuoted) = (true, true);
        var end = line.IndexOf('\'', _position + 1);
        if (end < 0)
            Error ??= "A quote has no end.";
        _word.Append(line[(_position + 1)..(end < 0 ? line.Length : end)]);
        _position = end < 0 ? line.Length : end + 1;
    }

    private void ReadWeak()
    {
        (_isWord, _isQuoted) = (true, true);
        for (_position++; _position < line.Length && line[_position] != '"';)
        {
            if (line[_position] == '$')
                Error ??= "It depends on the environment of HAProxy: put in its place what the variable is.";
            Append(Unescaped());
        }
        if (_position == line.Length)
            Error ??= "A quote has no end.";
        else
            _position++;
    }

    private string Unescaped()
    {
        var letter = line[_position++];
        if (letter != '\\')
            return letter.ToString();
        if (_position == line.Length)
        {
            Error ??= "A backslash ends it.";
            return "";
        }
        var escaped = line[_position++];
        switch (escaped)
        {
            case 'n':
                return "\n";
            case 'r':
                return "\r";
            case 't':
                return "\t";
            case 'x' when _position + 2 <= line.Length && byte.TryParse(line.AsSpan(_position, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value):
                _position += 2;
                return ((char)value).ToString();
            case ' ' or '#' or '\\' or '"' or '\'' or '$':
                return escaped.ToString();
            default:
                return $"\\{escaped}";
        }
    }
}
