using L4Proxy.Configuration;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Routing.Conditions;

/// <summary>Makes conditions of what the validator has accepted.</summary>
internal static class ConditionReader
{
    // One line a field; what is cheap and excludes most comes first.
    private static readonly Func<L4Match, Condition?>[] s_fields =
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
    ];

    /// <summary>Those that a match gives.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static Condition[] Read(L4Match match) => [.. s_fields.Select(read => read(match)).OfType<Condition>()];

    private static Func<L4Match, Condition?> Field<V>(Key<L4Match, V> key, Func<V, Condition> create)
        where V : notnull => match =>
    {
        var condition = key.Get(match) is V value ? create(value) : null;
        condition?.Key = key;
        return condition;
    };
}
