namespace L4Proxy.Providers.Importing;

/// <summary>One of the rules of which the first that holds decides whether a connection may come in.</summary>
/// <param name="Accepts">Whether it lets in.</param>
/// <param name="When">When it holds.</param>
internal readonly record struct AccessRule(bool Accepts, Clause When)
{
    /// <summary>What is refused, in as few conditions as there are runs of rules that refuse.</summary>
    public static List<Clause> Refused(IReadOnlyList<AccessRule> rules)
    {
        var refused = new List<Clause>();
        var accepted = new List<Clause>();
        for (var i = 0; i < rules.Count;)
        {
            var accepts = rules[i].Accepts;
            var run = rules.Skip(i).TakeWhile(rule => rule.Accepts == accepts).Select(rule => rule.When).ToList();
            i += run.Count;
            if (accepts)
                accepted.AddRange(run);
            else if (Clause.Any(run).And(Clause.Any(accepted).Not()) is { IsNever: false } condition)
                refused.Add(condition);
        }
        return refused;
    }
}
