using System.Text;

namespace L4Proxy.Providers.Caddy.Caddyfile;

/// <summary>The lines of a Caddyfile as words: split at white space, quoted with <c>"</c> or <c>`</c>; what stands behind <c>#</c> at the beginning of a word is a comment.</summary>
internal static class CaddyWords
{
    /// <summary>Reads them. It takes any text.</summary>
    public static IReadOnlyList<(int Line, IReadOnlyList<string> Words)> Read(string text)
    {
        var lines = new List<(int, IReadOnlyList<string>)>();
        var (words, line, begun) = (new List<string>(), 1, 1);
        for (var i = 0; i < text.Length;)
        {
            var letter = text[i];
            if (letter == '\n')
            {
                End(begun);
                i++;
                begun = ++line;
            }
            else if (char.IsWhiteSpace(letter))
            {
                i++;
            }
            else if (letter == '\\' && IsLineEnd(text, i + 1, out var next))
            {
                i = next;
                line++;
            }
            else if (letter == '#')
            {
                i = text.IndexOf('\n', i) is >= 0 and var end ? end : text.Length;
            }
            else
            {
                words.Add(Word(text, ref i, ref line));
            }
        }
        End(begun);
        return lines;

        void End(int at)
        {
            if (words.Count > 0)
                lines.Add((at, words));
            words = [];
        }
    }

    private static string Word(string text, ref int i, ref int line)
    {
        if (text[i] is not ('"' or '`'))
        {
            var start = i;
            while (i < text.Length && !char.IsWhiteSpace(text[i]))
                i++;
            return text[start..i];
        }
        var quote = text[i++];
        var word = new StringBuilder();
        for (; i < text.Length && text[i] != quote; i++)
        {
            if (text[i] == '\\' && quote == '"' && i + 1 < text.Length && text[i + 1] == '"')
                i++;
            line += text[i] == '\n' ? 1 : 0;
            word.Append(text[i]);
        }
        i++;
        return word.ToString();
    }

    private static bool IsLineEnd(string text, int at, out int next)
    {
        next = at < text.Length && text[at] == '\r' ? at + 1 : at;
        return next < text.Length && text[next++] == '\n';
    }
}
