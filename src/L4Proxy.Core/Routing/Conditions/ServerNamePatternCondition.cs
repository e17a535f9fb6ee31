using L4Proxy.Names;

namespace L4Proxy.Routing.Conditions;

/// <summary>Patterns of the server name.</summary>
internal sealed class ServerNamePatternCondition(IReadOnlyList<string> texts) : ServerNameCondition
{
    private readonly ServerNamePattern[] _patterns = Texts.Read<ServerNamePattern>(texts, ServerNamePattern.TryParse);

    /// <summary>That of the least specific: any of them may be what holds.</summary>
    public override ServerNameSpecificity Specificity => _patterns.Select(pattern => pattern.Specificity).Aggregate(ServerNameSpecificity.Min);

    public override bool IsImpliedBy(Condition other) =>
        Array.TrueForAll(((ServerNamePatternCondition)other)._patterns, theirs => Array.Exists(_patterns, mine => mine.Covers(theirs)));

    protected override bool Holds(string name)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.IsMatch(name))
                return true;
        }

        return false;
    }
}
