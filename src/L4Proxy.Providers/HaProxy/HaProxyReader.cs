using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>Reads a file of HAProxy's into sections. A line that is not what it seems is said, and not read.</summary>
internal static class HaProxyReader
{
    /// <summary>The words that begin a section.</summary>
    public static IReadOnlySet<string> Kinds { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "global", "defaults", "frontend", "backend", "listen", "resolvers", "peers", "mailers", "userlist", "program", "cache", "http-errors", "ring", "log-forward", "fcgi-app", "crt-store", "traces",
    };

    /// <summary>The sections of a file; null where it is none.</summary>
    public static List<HaProxySection>? Read(string text, ImportNotes notes)
    {
        if (text.Length > SourceSize.MaxText)
        {
            notes.Lost("", $"It is longer than {SourceSize.MaxText} characters.");
            return null;
        }
        var sections = new List<HaProxySection>();
        var (number, words) = (0, 0);
        foreach (var line in text.Split('\n'))
        {
            var tokens = new HaProxyTokenizer(line, ++number);
            var read = tokens.Read();
            if ((words += read.Count) > SourceSize.MaxWords)
            {
                notes.Lost($"[line {number}]", "There is too much of it.");
                return null;
            }
            if (tokens.Error is { } error)
                notes.Lost($"[line {number}]", $"The line is not carried over: {error}");
            if (read.Count > 0 && Add(sections, new(number, read), tokens.Error is null) is { } wrong)
            {
                notes.Lost($"[line {number}]", $"It is no configuration of HAProxy: {wrong}");
                return null;
            }
        }
        return sections;
    }

    private static string? Add(List<HaProxySection> sections, HaProxyLine line, bool isWhole)
    {
        if (Kinds.Contains(line.Keyword) && sections.Count == SourceSize.MaxRoutes)
            return $"It has more than {SourceSize.MaxRoutes} sections.";
        if (Kinds.Contains(line.Keyword))
            sections.Add(new(line, []));
        else if (sections.Count == 0)
            return $"'{line.Keyword}' stands in no section.";
        else if (isWhole)
            sections[^1].Lines.Add(line);
        // What it would have refused is not to be let in.
        else if (line.Keyword is "tcp-request" or "acl" or "use_backend")
            sections[^1].Lines.Add(new(line.Line, [line.Words[0], .. line.Words.Skip(1).Take(2), new("(lost)", line.Line)]));
        return null;
    }
}
