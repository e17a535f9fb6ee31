using L4Proxy.Names;

namespace L4Proxy.Routing.Conditions;

/// <summary>Regular expressions over the server name; TLS without one fits none.</summary>
internal sealed class ServerNameRegexCondition(IReadOnlyList<string> texts) : ServerNameCondition
{
    private readonly SniRegexPattern[] _regexes = Texts.Read<SniRegexPattern>(texts, SniRegexPattern.TryParse);

    public override ServerNameSpecificity Specificity => new(ServerNameKind.Regex, 0);

    public override bool IsImpliedBy(Condition other) => Array.TrueForAll(
        ((ServerNameRegexCondition)other)._regexes, theirs => Array.Exists(_regexes, mine => mine.ToString() == theirs.ToString()));

    protected override bool Holds(string name)
    {
        if (name.Length == 0)
            return false;
        foreach (var regex in _regexes)
        {
            if (regex.IsMatch(name))
                return true;
        }

        return false;
    }
}
