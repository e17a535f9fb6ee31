namespace L4Proxy.Providers.Caddy.Caddyfile;

/// <summary>A line of a Caddyfile, and the block behind it.</summary>
/// <param name="Line">Where it begins.</param>
/// <param name="Words">The line; empty for a block that has none before it.</param>
/// <param name="Block">What stands in braces; null where there are none.</param>
internal sealed record CaddyDirective(int Line, IReadOnlyList<string> Words, IReadOnlyList<CaddyDirective>? Block)
{
    private const int MaxDepth = 32;

    /// <summary>Its first word.</summary>
    public string Name => Words.Count > 0 ? Words[0] : "";

    /// <summary>The second; null where there is none.</summary>
    public string? First => Words.Count > 1 ? Words[1] : null;

    /// <summary>The others.</summary>
    public IReadOnlyList<string> Arguments => [.. Words.Skip(1)];

    /// <summary>What stands in its block; empty where it has none.</summary>
    public IReadOnlyList<CaddyDirective> Inner => Block ?? [];

    /// <summary>Reads a file.</summary>
    /// <param name="text">It.</param>
    /// <param name="error">What is wrong with its braces; null where nothing is.</param>
    public static IReadOnlyList<CaddyDirective> Read(string text, out (int Line, string Message)? error)
    {
        var lines = CaddyWords.Read(text);
        var next = 0;
        error = null;
        var all = Read(lines, ref next, 0, ref error);
        if (error is null && next < lines.Count)
            error = (lines[next].Line, "There is a '}' too many.");
        return all;
    }

    private static List<CaddyDirective> Read(IReadOnlyList<(int Line, IReadOnlyList<string> Words)> lines, ref int next, int depth, ref (int Line, string Message)? error)
    {
        var all = new List<CaddyDirective>();
        while (next < lines.Count && error is null)
        {
            var (line, words) = lines[next];
            if (words is ["}"])
                return all;
            next++;
            if (words[^1] != "{")
            {
                all.Add(new(line, words, null));
                continue;
            }
            if (depth == MaxDepth)
                error = (line, $"Blocks are at most {MaxDepth} deep in each other.");
            var block = Read(lines, ref next, depth + 1, ref error);
            if (error is null && next++ >= lines.Count)
                error = (line, "The '{' of this line has no '}' on a line of its own.");
            all.Add(new(line, [.. words.SkipLast(1)], block));
        }
        return all;
    }
}
