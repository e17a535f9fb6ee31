using L4Proxy.Configuration;

namespace L4Proxy.Routing.Conditions;

/// <summary>Makes conditions of what the validator has accepted.</summary>
internal static class ConditionReader
{
    // One line a field; what is cheap and excludes most comes first.
    private static readonly Func<L4Match, Condition?>[] s_fields =
    [
        match => match.LocalPorts is { } ports ? new PortCondition(ports) : null,
        match => match.ClientAddresses is { } addresses ? new ClientAddressCondition(addresses) : null,
        match => match.LocalAddresses is { } addresses ? new LocalAddressCondition(addresses) : null,
        match => match.ProxyProtocol is { } header ? new ProxyHeaderCondition(header) : null,
        match => match.Protocols is { } names ? new ProtocolCondition(names) : null,
        match => match.Mqtt is { } connect ? new MqttCondition(connect) : null,
        match => match.Alpn is { } protocols ? new AlpnCondition(protocols) : null,
        match => match.TlsVersions is { } versions ? new TlsVersionCondition(versions) : null,
    ];

    /// <summary>Those that a match gives.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static Condition[] Read(L4Match match) => [.. s_fields.Select(read => read(match)).OfType<Condition>()];
}
