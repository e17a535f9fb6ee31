using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing.Conditions;

/// <summary>Conditions all of which are to hold. Fit for a match inside of another, whose names are conditions like others.</summary>
internal sealed class AllOf(Condition[] conditions)
{
    /// <summary>They.</summary>
    public IReadOnlyList<Condition> Conditions => conditions;

    /// <summary>The protocols that they want recognised.</summary>
    public ProtocolSet Protocols { get; } = conditions.Aggregate(default(ProtocolSet), (all, condition) => all | condition.Protocols);

    /// <summary>Whether any looks at an address.</summary>
    public bool NeedsAddresses { get; } = Array.Exists(conditions, condition => condition.NeedsAddresses);

    /// <summary>Whether any looks at the client's first bytes themselves.</summary>
    public bool NeedsRawBytes { get; } = Array.Exists(conditions, condition => condition.NeedsRawBytes);

    /// <summary>The most specific that they are on a name.</summary>
    public ServerNameSpecificity Specificity { get; } = conditions.Select(condition => condition.Specificity).Aggregate(default(ServerNameSpecificity), ServerNameSpecificity.Max);

    /// <summary>Whether all hold.</summary>
    public ConditionResult Evaluate(in ConnectionFacts facts)
    {
        var all = ConditionResult.True;
        foreach (var condition in conditions)
        {
            var one = condition.Evaluate(facts);
            if (one == ConditionResult.False)
                return one;
            if (one < all)
                all = one;
        }

        return all;
    }

    /// <summary>What the application is to be asked next, where that is what they wait for.</summary>
    public MatcherQuestion? NextQuestion(in ConnectionFacts facts)
    {
        foreach (var condition in conditions)
        {
            if (condition.Evaluate(facts) == ConditionResult.Ask)
                return condition.NextQuestion(facts);
        }

        return null;
    }

    /// <summary>In words, of each that does not hold, what it looks at.</summary>
    public string Describe(ConnectionFacts facts) =>
        string.Join(", ", conditions.Where(condition => condition.Evaluate(facts) != ConditionResult.True)
            .Select(condition => $"{condition.Key.Name} {condition.Describe(facts)}"));

    /// <summary>Whether all hold wherever all of <paramref name="other"/> do. May say no where they do, never yes where they do not.</summary>
    public bool IsImpliedBy(AllOf other) => Array.TrueForAll(
        conditions, mine => other.Conditions.FirstOrDefault(theirs => theirs.GetType() == mine.GetType()) is { } theirs && mine.IsImpliedBy(theirs));
}
