namespace L4Proxy.Routing.Matchers;

/// <summary>What a route asks of a matcher of the application's. Each is a question of its own, whatever it says.</summary>
internal sealed class MatcherQuestion(IL4ConnectionMatcher matcher, IReadOnlyDictionary<string, string> settings)
{
    public IL4ConnectionMatcher Matcher => matcher;

    public IReadOnlyDictionary<string, string> Settings => settings;
}
