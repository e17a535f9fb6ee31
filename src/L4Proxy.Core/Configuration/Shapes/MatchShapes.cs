using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration.Shapes;

/// <summary>What a connection must be like.</summary>
internal static class MatchShapes
{
    /// <summary><see cref="L4PostgresMatch"/>.</summary>
    public static RecordShape<L4PostgresMatch> Postgres { get; } = new(
    [
        new("Database", TextList, r => r.Database, (r, v) => r with { Database = (IReadOnlyList<string>)v }),
        new("User", TextList, r => r.User, (r, v) => r with { User = (IReadOnlyList<string>)v }),
    ]);

    /// <summary><see cref="L4MqttMatch"/>.</summary>
    public static RecordShape<L4MqttMatch> Mqtt { get; } = new(
    [
        new("ClientId", TextList, r => r.ClientId, (r, v) => r with { ClientId = (IReadOnlyList<string>)v }),
        new("Username", TextList, r => r.Username, (r, v) => r with { Username = (IReadOnlyList<string>)v }),
        new("Version", NumericTextList, r => r.Version, (r, v) => r with { Version = (IReadOnlyList<string>)v }),
    ]);

    /// <summary><see cref="L4DnsMatch"/>.</summary>
    public static RecordShape<L4DnsMatch> Dns { get; } = new(
    [
        new("Names", TextList, r => r.Names, (r, v) => r with { Names = (IReadOnlyList<string>)v }),
        new("Types", TextList, r => r.Types, (r, v) => r with { Types = (IReadOnlyList<string>)v }),
    ]);

    /// <summary><see cref="L4SshMatch"/>.</summary>
    public static RecordShape<L4SshMatch> Ssh { get; } = new(
    [
        new("Software", TextList, r => r.Software, (r, v) => r with { Software = (IReadOnlyList<string>)v }),
    ]);

    /// <summary><see cref="L4ProxyProtocolMatch"/>.</summary>
    public static RecordShape<L4ProxyProtocolMatch> ProxyProtocol { get; } = new(
    [
        new("Authority", TextList, r => r.Authority, (r, v) => r with { Authority = (IReadOnlyList<string>)v }),
        new("Tlvs", new MapShape<IReadOnlyList<string>>(TextList),
            r => r.Tlvs, (r, v) => r with { Tlvs = (IReadOnlyDictionary<string, IReadOnlyList<string>>)v }),
    ]);

    /// <summary><see cref="L4BytesMatch"/>.</summary>
    public static RecordShape<L4BytesMatch> Bytes { get; } = new(
    [
        new("Offset", new IntegerShape(0, 65535, 0), r => r.Offset, (r, v) => r with { Offset = (int)v }),
        new("Hex", TextShape.Any, r => r.Hex, (r, v) => r with { Hex = (string)v }),
        new("Text", TextShape.Any, r => r.Text, (r, v) => r with { Text = (string)v }),
        new("Regex", TextShape.Any, r => r.Regex, (r, v) => r with { Regex = (string)v }),
        new("Length", new IntegerShape(1, 65536, 256), r => r.Length, (r, v) => r with { Length = (int)v }),
    ]);

    /// <summary><see cref="L4Schedule"/>.</summary>
    public static RecordShape<L4Schedule> Schedule { get; } = new(
    [
        new("From", new TimeOfDayShape(), r => r.From, (r, v) => r with { From = (TimeOnly)v }),
        new("To", new TimeOfDayShape(), r => r.To, (r, v) => r with { To = (TimeOnly)v }),
        new("Days", new ListShape<DayOfWeek>(new NameShape<DayOfWeek>()),
            r => r.Days, (r, v) => r with { Days = (IReadOnlyList<DayOfWeek>)v }),
        new("TimeZone", new TextShape("UTC"), r => r.TimeZone, (r, v) => r with { TimeZone = (string)v }),
    ]);

    /// <summary><see cref="L4Match"/>.</summary>
    public static RecordShape<L4Match> Match { get; } = new(
    [
        new("Sni", TextList, r => r.Sni, (r, v) => r with { Sni = (IReadOnlyList<string>)v }),
        new("SniRegex", TextList, r => r.SniRegex, (r, v) => r with { SniRegex = (IReadOnlyList<string>)v }),
        new("Alpn", TextList, r => r.Alpn, (r, v) => r with { Alpn = (IReadOnlyList<string>)v }),
        new("TlsVersions", NumericTextList, r => r.TlsVersions, (r, v) => r with { TlsVersions = (IReadOnlyList<string>)v }),
        new("Ja4", TextList, r => r.Ja4, (r, v) => r with { Ja4 = (IReadOnlyList<string>)v }),
        new("Protocols", TextList, r => r.Protocols, (r, v) => r with { Protocols = (IReadOnlyList<string>)v }),
        new("Host", TextList, r => r.Host, (r, v) => r with { Host = (IReadOnlyList<string>)v }),
        new("Path", TextList, r => r.Path, (r, v) => r with { Path = (IReadOnlyList<string>)v }),
        new("Postgres", Postgres, r => r.Postgres, (r, v) => r with { Postgres = (L4PostgresMatch)v }),
        new("Mqtt", Mqtt, r => r.Mqtt, (r, v) => r with { Mqtt = (L4MqttMatch)v }),
        new("Dns", Dns, r => r.Dns, (r, v) => r with { Dns = (L4DnsMatch)v }),
        new("Ssh", Ssh, r => r.Ssh, (r, v) => r with { Ssh = (L4SshMatch)v }),
        new("ClientAddresses", TextList, r => r.ClientAddresses, (r, v) => r with { ClientAddresses = (IReadOnlyList<string>)v }),
        new("LocalAddresses", TextList, r => r.LocalAddresses, (r, v) => r with { LocalAddresses = (IReadOnlyList<string>)v }),
        new("LocalPorts", NumericTextList, r => r.LocalPorts, (r, v) => r with { LocalPorts = (IReadOnlyList<string>)v }),
        new("ProxyProtocol", ProxyProtocol, r => r.ProxyProtocol, (r, v) => r with { ProxyProtocol = (L4ProxyProtocolMatch)v }),
        new("Bytes", new ListShape<L4BytesMatch>(Bytes), r => r.Bytes, (r, v) => r with { Bytes = (IReadOnlyList<L4BytesMatch>)v }),
        new("Schedule", Schedule, r => r.Schedule, (r, v) => r with { Schedule = (L4Schedule)v }),
        new("Not", () => Match!, r => r.Not, (r, v) => r with { Not = (L4Match)v }),
        new("AnyOf", new ListShape<L4Match>(() => Match!), r => r.AnyOf, (r, v) => r with { AnyOf = (IReadOnlyList<L4Match>)v }),
        new("Custom", new MapShape<IReadOnlyDictionary<string, string>>(TextMap), r => r.Custom,
            (r, v) => r with { Custom = (IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>)v }),
    ]);
}
