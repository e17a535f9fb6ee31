using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Routing.Conditions;
using L4Proxy.Routing.Matchers;

namespace L4Proxy.Routing;

/// <summary>A route's <c>Match</c> in the form that connections are compared with: lists are OR, fields are AND.</summary>
internal sealed class ConnectionMatch
{
    private readonly AllOf _conditions;
    private readonly L4Match _match;

    private ConnectionMatch(L4Match match, ConditionSources sources)
    {
        _match = match;
        Names = match.Sni is { } names ? Texts.Read<ServerNamePattern>(names, ServerNamePattern.TryParse) : null;
        Regexes = match.SniRegex is { } regexes ? Texts.Read<SniRegexPattern>(regexes, SniRegexPattern.TryParse) : null;
        _conditions = ConditionReader.Read(match, sources);
        var ofNames = (Names is null ? 0 : 1) + (Regexes is null ? 0 : 1);
        ConditionCount = ofNames + _conditions.Conditions.Count;
        Protocols = ofNames > 0 ? _conditions.Protocols | PrefaceParsers.WithClientHello : _conditions.Protocols;
    }

    /// <summary>Patterns of the server name; null for no condition.</summary>
    public IReadOnlyList<ServerNamePattern>? Names { get; }

    /// <summary>Regular expressions over the server name; null for no condition.</summary>
    public IReadOnlyList<SniRegexPattern>? Regexes { get; }

    /// <summary>How many fields of the match are given.</summary>
    public int ConditionCount { get; }

    /// <summary>Whether there is no condition but those on the server name.</summary>
    public bool HasOnlyNames => _conditions.Conditions.Count == 0;

    /// <summary>The protocols that it wants recognised; empty where no condition is on the client's first bytes.</summary>
    public ProtocolSet Protocols { get; }

    /// <summary>Whether any condition is on the client's first bytes themselves.</summary>
    public bool NeedsRawBytes => _conditions.NeedsRawBytes;

    /// <summary>Whether any condition is on an address.</summary>
    public bool NeedsAddresses => _conditions.NeedsAddresses;

    /// <summary>How specific it is on a name by other conditions than those on the server name.</summary>
    public ServerNameSpecificity InnerSpecificity => _conditions.Specificity;

    /// <summary>The ports, if the match is for single ports only; else null.</summary>
    public IEnumerable<int>? SinglePorts => _conditions.Conditions.OfType<PortCondition>().SingleOrDefault()?.SinglePorts;

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">A text has no valid form, or a field is not supported yet.</exception>
    public static ConnectionMatch Create(L4Match? match, ConditionSources sources) => new(match ?? new L4Match(), sources);

    /// <summary>Whether every condition holds, apart from those on the server name.</summary>
    public ConditionResult Evaluate(in ConnectionFacts facts) => _conditions.Evaluate(facts);

    /// <summary>What the application is to be asked next, where <see cref="Evaluate"/> says so.</summary>
    public MatcherQuestion? NextQuestion(in ConnectionFacts facts) => _conditions.NextQuestion(facts);

    /// <summary>In words, of each condition that does not hold, what it wanted and what it saw; bounded, and fit for a log.</summary>
    public IEnumerable<string> Explain(ConnectionFacts facts)
    {
        var hello = facts.Preface.ClientHello;
        var name = hello is { ServerNameInvalid: false } ? hello.ServerName ?? "" : null;
        if (Names?.Any(pattern => name is not null && pattern.IsMatch(name)) == false)
            yield return Say(L4Match.Keys.Sni, facts.SeenName);
        if (Regexes?.Any(regex => name is { Length: > 0 } && regex.IsMatch(name)) == false)
            yield return Say(L4Match.Keys.SniRegex, facts.SeenName);
        foreach (var condition in _conditions.Conditions.Where(condition => condition.Evaluate(facts) != ConditionResult.True))
            yield return Say(condition.Key, condition.Describe(facts));
    }

    /// <summary>
    /// Whether each condition here, apart from those on the server name, holds for every connection for which
    /// <paramref name="other"/> holds. May say no where it does, never yes where it does not.
    /// </summary>
    public bool IsImpliedBy(ConnectionMatch other) => _conditions.IsImpliedBy(other._conditions);

    private string Say(ConfigKey key, string saw) =>
        $"{key.Name}: wanted {Quote.Plain(Encoding.UTF8.GetString(ConfigWriter.Write(key.Shape, key.Get(_match)!)))}, saw {Quote.Plain(saw)}";
}
