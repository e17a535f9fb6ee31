using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.Nginx;

/// <summary>Reads a file of nginx's into directives. What is no such file is said, and nothing of it is read.</summary>
internal sealed class NginxReader(string text, ImportNotes notes)
{
    private readonly NginxTokenizer _tokens = new(text);
    private int _words;

    /// <summary>The directives of a file; null where it is none.</summary>
    public static List<NginxDirective>? Read(string text, ImportNotes notes)
    {
        if (text.Length > SourceSize.MaxText)
        {
            notes.Lost("", $"It is longer than {SourceSize.MaxText} characters.");
            return null;
        }
        return new NginxReader(text, notes).Block(depth: 0);
    }

    private List<NginxDirective>? Block(int depth)
    {
        var directives = new List<NginxDirective>();
        var words = new List<SourceWord>();
        while (_tokens.TryRead(out var word))
        {
            if (++_words > SourceSize.MaxWords)
                return Wrong(word.Line, "There is too much of it.");
            if (word.IsQuoted || word.Text is not ("{" or "}" or ";"))
                words.Add(word);
            else if (word.Text == "}")
                return words.Count > 0 ? Wrong(word.Line, "A directive ends with ';'.") : depth > 0 ? directives : Wrong(word.Line, "This '}' has no '{'.");
            else if (words.Count == 0)
                return Wrong(word.Line, $"Before '{word.Text}' a directive is missing.");
            else if (Directive(words, word, depth) is { } directive)
            {
                directives.Add(directive);
                words.Clear();
            }
            else
                return null;
        }
        if (_tokens.Error is { } error)
            return Wrong(_tokens.Line, error);
        return words.Count > 0 || depth > 0 ? Wrong(_tokens.Line, "The file ends where ';' or '}' is missing.") : directives;
    }

    private NginxDirective? Directive(List<SourceWord> words, SourceWord end, int depth)
    {
        if (depth == SourceSize.MaxDepth)
        {
            Wrong(end.Line, $"Blocks may be {SourceSize.MaxDepth} deep here.");
            return null;
        }
        var children = end.Text == "{" ? Block(depth + 1) : null;
        return end.Text == "{" && children is null ? null : new(words[0], [.. words.Skip(1).Select(word => word.Text)], words[0].Line, children);
    }

    private List<NginxDirective>? Wrong(int line, string message)
    {
        notes.Lost($"[line {line}]", $"It is no configuration of nginx: {message}");
        return null;
    }
}
