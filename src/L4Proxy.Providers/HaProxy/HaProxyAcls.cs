using L4Proxy.Providers.Importing;

namespace L4Proxy.Providers.HaProxy;

/// <summary>The named conditions of a section, and what a rule makes of them behind <c>if</c> and <c>unless</c>.</summary>
internal sealed class HaProxyAcls
{
    private const int MaxTerms = 64;

    private readonly Dictionary<string, List<HaProxyLine>> _named = new(StringComparer.Ordinal);

    /// <summary>Whether one that was read is of what the client says first.</summary>
    public bool ReadsBytes { get; private set; }

    /// <summary>Takes the <c>acl</c> lines of a section.</summary>
    public HaProxyAcls(HaProxyBlock block)
    {
        foreach (var line in block.All("acl"))
        {
            if (!_named.TryGetValue(line[1], out var lines))
                _named.Add(line[1], lines = []);
            lines.Add(line);
        }
    }

    /// <summary>What stands behind the words of a rule that say what it does: nothing, or <c>if</c> or <c>unless</c> and a condition.</summary>
    /// <param name="line">The rule.</param>
    /// <param name="at">Where that begins.</param>
    /// <param name="error">Why it cannot be said.</param>
    /// <returns>The connections; null where it cannot be said.</returns>
    public Clause? Read(HaProxyLine line, int at, out string error)
    {
        error = "";
        if (at >= line.Words.Count)
            return Clause.Always;
        if (line[at] is not ("if" or "unless"))
        {
            error = $"'{line[at]}' is not known here.";
            return null;
        }
        var condition = Either([.. line.Words.Skip(at + 1).Select(word => word.Text)], ref error);
        return condition is not null && line[at] == "unless" ? condition.Not() : condition;
    }

    private Clause? Either(List<string> words, ref string error)
    {
        var (any, all, isNot, terms) = (new List<Clause>(), Clause.Always, false, 0);
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i] is "or" or "||")
            {
                any.Add(all);
                all = Clause.Always;
                continue;
            }
            if (++terms > MaxTerms)
            {
                error = "It asks for too much at once.";
                return null;
            }
            var word = words[i].TrimStart('!');
            isNot ^= (words[i].Length - word.Length) % 2 == 1;
            if (word.Length == 0)
                continue;
            if (Term(words, ref i, word, ref error) is not { } term)
                return null;
            all = all.And(isNot ? term.Not() : term);
            isNot = false;
        }
        if (terms == 0)
            error = "It asks for nothing.";
        any.Add(all);
        return terms == 0 ? null : Clause.Any(any);
    }

    /// <summary>A name, or a condition in braces.</summary>
    private Clause? Term(List<string> words, ref int i, string word, ref string error)
    {
        if (word != "{")
            return Named(word, ref error);
        var end = words.IndexOf("}", i);
        if (end < 0)
        {
            error = "A brace has no end.";
            return null;
        }
        var inside = words[(i + 1)..end];
        i = end;
        ReadsBytes |= inside.Count > 0 && HaProxyCriterion.IsOfBytes(inside[0]);
        return HaProxyCriterion.Read(inside, out error);
    }

    private Clause? Named(string name, ref string error)
    {
        if (!_named.TryGetValue(name, out var lines))
        {
            ReadsBytes |= HaProxyCriterion.IsOfBytes(name);
            if (HaProxyCriterion.Read([name], out _) is { } known)
                return known;
            error = $"There is no acl '{name}'.";
            return null;
        }
        var conditions = new List<Clause>();
        foreach (var line in lines)
        {
            ReadsBytes |= HaProxyCriterion.IsOfBytes(line[2]);
            if (HaProxyCriterion.Read([.. line.Words.Skip(2).Select(word => word.Text)], out error) is not { } condition)
            {
                error = $"acl '{name}' of line {line.Line}: {error}";
                return null;
            }
            conditions.Add(condition);
        }
        return Clause.Any(conditions);
    }
}
