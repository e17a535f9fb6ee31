using System.Text;
using L4Proxy.Addresses;
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
    private readonly HostCondition? _host;
    private readonly L4Match _match;
    private readonly bool _isOfHttp;

    private ConnectionMatch(L4Match match, ConditionSources sources, IReadOnlyList<string>? hosts, bool isOfHttp = false)
    {
        (_match, _isOfHttp) = (match, isOfHttp);
        Names = match.Sni is { } names ? Texts.Read<ServerNamePattern>(names, ServerNamePattern.TryParse) : null;
        _host = hosts is null ? null : new HostCondition(hosts) { Key = L4Match.Keys.Host };
        HasHostCaptures = _host?.Patterns.Any(pattern => pattern.CaptureNames.Count > 0) == true;
        Regexes = match.SniRegex is { } regexes ? Texts.Read<SniRegexPattern>(regexes, SniRegexPattern.TryParse) : null;
        _conditions = ConditionReader.Read(match, sources);
        var ofNames = (Names is null ? 0 : 1) + (Regexes is null ? 0 : 1);
        ConditionCount = ofNames + (_host is null || isOfHttp ? 0 : 1) + _conditions.Conditions.Count;
        Ports = _conditions.Conditions.OfType<PortCondition>().SingleOrDefault()?.Ranges;
        Clients = _conditions.Conditions.OfType<ClientAddressCondition>().SingleOrDefault()?.Ranges;
        Protocols = _conditions.Protocols | (ofNames > 0 ? PrefaceParsers.WithClientHello : default) | (_host?.Protocols ?? default);
    }

    /// <summary>Patterns of the server name; null for no condition.</summary>
    public IReadOnlyList<ServerNamePattern>? Names { get; }

    /// <summary>
    /// Patterns of the host of a plaintext HTTP request; null for no condition. Beside those of a server name only where they are the same ones, of which one is to match: no
    /// connection has both.
    /// </summary>
    public IReadOnlyList<ServerNamePattern>? Hosts => _host?.Patterns;

    /// <summary>Whether one of <see cref="Hosts"/> captures something.</summary>
    public bool HasHostCaptures { get; }

    /// <summary>Regular expressions over the server name; null for no condition.</summary>
    public IReadOnlyList<SniRegexPattern>? Regexes { get; }

    /// <summary>How many fields of the match are given.</summary>
    public int ConditionCount { get; }

    /// <summary>Whether there is no condition but those on a name.</summary>
    public bool HasOnlyNames => _conditions.Conditions.Count == 0;

    /// <summary>The protocols that it wants recognised; empty where no condition is on the client's first bytes.</summary>
    public ProtocolSet Protocols { get; }

    /// <summary>Whether any condition is on the client's first bytes themselves.</summary>
    public bool NeedsRawBytes => _conditions.NeedsRawBytes;

    /// <summary>Whether any condition is on an address.</summary>
    public bool NeedsAddresses => _conditions.NeedsAddresses;

    /// <summary>How specific it is on a name by other conditions than those on the server name.</summary>
    public ServerNameSpecificity InnerSpecificity => _conditions.Specificity;

    /// <summary>The ports that were connected to, one of which it must be; null for no condition.</summary>
    public IReadOnlyList<PortRange>? Ports { get; }

    /// <summary>The ranges that the client must be in one of; null for no condition.</summary>
    public IReadOnlyList<AddressRange>? Clients { get; }

    /// <summary>Compiles what the validator has accepted.</summary>
    /// <exception cref="ArgumentException">A text has no valid form, or the match wants what no connection has.</exception>
    public static ConnectionMatch Create(L4Match? match, ConditionSources sources)
    {
        if (match is { Host: not null } and ({ Sni: not null } or { SniRegex: not null }))
            throw new ArgumentException("The match wants a name of TLS and a host of what is not TLS.", nameof(match));
        return new(match ?? new L4Match(), sources, match?.Host);
    }

    /// <summary>What a route of HTTP requests wants of a connection: one of its names, as server name or as host. What it wants of a request is YARP's to look at.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static ConnectionMatch OfHttp(L4Match? match, ConditionSources sources) => new((match ?? new L4Match()) with { Path = null }, sources, match?.Sni, isOfHttp: true);

    /// <summary>Whether every condition holds, apart from those on a name.</summary>
    public ConditionResult Evaluate(in ConnectionFacts facts) => _conditions.Evaluate(facts);

    /// <summary>What the application is to be asked next, where <see cref="Evaluate"/> says so.</summary>
    public MatcherQuestion? NextQuestion(in ConnectionFacts facts) => _conditions.NextQuestion(facts);

    /// <summary>In words, of each condition that does not hold, what it wanted and what it saw; bounded, and fit for a log.</summary>
    public IEnumerable<UnmetCondition> Explain(ConnectionFacts facts)
    {
        var ofName = facts.Preface.MayBringClientHello ? ConditionResult.Unknown : ConditionResult.False;
        var hello = facts.Preface.ClientHello;
        var name = hello is { ServerNameInvalid: false } ? hello.ServerName ?? "" : null;
        var ofHost = _host?.Evaluate(facts) ?? ConditionResult.False;
        if (Names?.Any(pattern => name is not null && pattern.IsMatch(name)) == false && !(_isOfHttp && ofHost == ConditionResult.True))
            yield return Say(L4Match.Keys.Sni, _isOfHttp && ofHost > ofName ? ofHost : ofName, _isOfHttp && facts.Host is { } host ? host : facts.SeenName);
        if (Regexes?.Any(regex => name is { Length: > 0 } && regex.IsMatch(name)) == false)
            yield return Say(L4Match.Keys.SniRegex, ofName, facts.SeenName);
        foreach (var condition in (_host is null || _isOfHttp ? _conditions.Conditions : _conditions.Conditions.Prepend(_host)).Where(condition => condition.Evaluate(facts) != ConditionResult.True))
            yield return Say(condition.Key, condition.Evaluate(facts), condition.Describe(facts));
    }

    /// <summary>
    /// Whether each condition here, apart from those on the server name, holds for every connection for which
    /// <paramref name="other"/> holds. May say no where it does, never yes where it does not.
    /// </summary>
    public bool IsImpliedBy(ConnectionMatch other) => _conditions.IsImpliedBy(other._conditions);

    private UnmetCondition Say(ConfigKey key, ConditionResult result, string saw) =>
        new(key, result, Quote.Plain(Encoding.UTF8.GetString(ConfigWriter.Write(key.Shape, key.Get(_match)!))), Quote.Plain(saw));
}
