using L4Proxy.Addresses;
using L4Proxy.Configuration;
using L4Proxy.Names;

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

    private delegate bool TextForm<T>(string text, out T? value, out string? error);

    /// <summary>Those that a match gives.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static Condition[] Read(L4Match match) => [.. s_fields.Select(read => read(match)).OfType<Condition>()];

    /// <summary>Ranges of addresses.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static AddressRange[] Addresses(IReadOnlyList<string> texts) => Read<AddressRange>(texts, AddressRange.TryParse);

    /// <summary>Ranges of ports.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static PortRange[] Ports(IReadOnlyList<string> texts) => Read<PortRange>(texts, PortRange.TryParse);

    /// <summary>Patterns of the server name.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static ServerNamePattern[]? Names(IReadOnlyList<string>? texts) => texts is null ? null : Read<ServerNamePattern>(texts, ServerNamePattern.TryParse);

    /// <summary>Regular expressions over the server name.</summary>
    /// <exception cref="ArgumentException">A text has no valid form.</exception>
    public static SniRegexPattern[]? Regexes(IReadOnlyList<string>? texts) => texts is null ? null : Read<SniRegexPattern>(texts, SniRegexPattern.TryParse);

    private static T[] Read<T>(IReadOnlyList<string> texts, TextForm<T> form) =>
        [.. texts.Select(text => form(text, out var value, out var error) ? value! : throw new ArgumentException(error, nameof(texts)))];
}
