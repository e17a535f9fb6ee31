using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Routing.Conditions;

/// <summary>Makes conditions of what the validator has accepted.</summary>
internal static class ConditionReader
{
    // One line a field; what is cheap and excludes most comes first, and last what others are asked for.
    private static readonly Func<L4Match, ConditionSources, Condition?>[] s_fields =
    [
        Field(L4Match.Keys.LocalPorts, ports => new PortCondition(ports)),
        Field(L4Match.Keys.ClientAddresses, addresses => new ClientAddressCondition(addresses)),
        Field(L4Match.Keys.LocalAddresses, addresses => new LocalAddressCondition(addresses)),
        Field(L4Match.Keys.ProxyProtocol, header => new ProxyHeaderCondition(header)),
        Field(L4Match.Keys.Protocols, names => new ProtocolCondition(names)),
        Field(L4Match.Keys.Mqtt, connect => new MqttCondition(connect)),
        Field(L4Match.Keys.Postgres, startup => new PostgresCondition(startup)),
        Field(L4Match.Keys.Ssh, identification => new SshCondition(identification)),
        Field(L4Match.Keys.Dns, query => new DnsCondition(query)),
        Field(L4Match.Keys.Path, prefixes => new PathCondition(prefixes)),
        Field(L4Match.Keys.Alpn, protocols => new AlpnCondition(protocols)),
        Field(L4Match.Keys.TlsVersions, versions => new TlsVersionCondition(versions)),
        Field(L4Match.Keys.Ja4, fingerprints => new Ja4Condition(fingerprints)),
        Field(L4Match.Keys.Bytes, bytes => new BytesCondition(bytes)),
        Field(L4Match.Keys.Schedule, (schedule, sources) => new ScheduleCondition(schedule, sources.Time)),
        Field(L4Match.Keys.Not, (match, sources) => new NotCondition(ReadInner(match, sources))),
        Field(L4Match.Keys.AnyOf, (matches, sources) => new AnyOfCondition([.. matches.Select(match => ReadInner(match, sources))])),
        Field(L4Match.Keys.Custom, (custom, sources) => new CustomCondition(custom, sources.Matchers)),
    ];

    // Of a match inside of another: there names are looked for by no table.
    private static readonly Func<L4Match, ConditionSources, Condition?>[] s_innerFields =
    [
        .. s_fields,
        Field(L4Match.Keys.Sni, names => new ServerNamePatternCondition(names)),
        Field(L4Match.Keys.SniRegex, regexes => new ServerNameRegexCondition(regexes)),
        Field(L4Match.Keys.Host, hosts => new HostCondition(hosts)),
    ];

    /// <summary>Those that a match gives, but for those on names.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static AllOf Read(L4Match match, ConditionSources sources) => Read(s_fields, match, sources);

    /// <summary>Whether what a key gives asks for anything; a schedule of all times does not.</summary>
    public static bool Says(object value) => value is not (
        L4Schedule { From: null, To: null, Days: null } or IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> { Count: 0 });

    private static AllOf ReadInner(L4Match match, ConditionSources sources) => Read(s_innerFields, match, sources);

    private static AllOf Read(Func<L4Match, ConditionSources, Condition?>[] fields, L4Match match, ConditionSources sources) =>
        new([.. fields.Select(read => read(match, sources)).OfType<Condition>()]);

    private static Func<L4Match, ConditionSources, Condition?> Field<V>(Key<L4Match, V> key, Func<V, Condition> create)
        where V : notnull => Field(key, (value, _) => create(value));

    private static Func<L4Match, ConditionSources, Condition?> Field<V>(Key<L4Match, V> key, Func<V, ConditionSources, Condition> create)
        where V : notnull => (match, sources) =>
    {
        var condition = key.Get(match) is V value && Says(value) ? create(value, sources) : null;
        condition?.Key = key;
        return condition;
    };
}
