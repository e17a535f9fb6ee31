namespace L4Proxy.Configuration;

/// <summary>What a connection must be like: lists are OR, fields are AND. An empty match matches everything.</summary>
public sealed record L4Match
{
    /// <summary>Server names: exact, <c>*.suffix</c>, <c>{name}.suffix</c>, <c>{**name}.suffix</c>, <c>*</c>, or the empty text for TLS without a name.</summary>
    public IReadOnlyList<string>? Sni { get; init; }

    /// <summary>Anchored, non-backtracking expressions over the server name; named groups are captures.</summary>
    public IReadOnlyList<string>? SniRegex { get; init; }

    /// <summary>ALPN protocols, any of which the client offers.</summary>
    public IReadOnlyList<string>? Alpn { get; init; }

    /// <summary>TLS versions, any of which the client offers: <c>1.0</c> to <c>1.3</c>.</summary>
    public IReadOnlyList<string>? TlsVersions { get; init; }

    /// <summary>JA4 fingerprints.</summary>
    public IReadOnlyList<string>? Ja4 { get; init; }

    /// <summary>Protocols recognised by their first bytes.</summary>
    public IReadOnlyList<string>? Protocols { get; init; }

    /// <summary>Hosts of a plaintext HTTP request.</summary>
    public IReadOnlyList<string>? Host { get; init; }

    /// <summary>Path prefixes of a plaintext HTTP request.</summary>
    public IReadOnlyList<string>? Path { get; init; }

    /// <summary>Of a PostgreSQL start-up.</summary>
    public L4PostgresMatch? Postgres { get; init; }

    /// <summary>Of an MQTT CONNECT.</summary>
    public L4MqttMatch? Mqtt { get; init; }

    /// <summary>Of a DNS query.</summary>
    public L4DnsMatch? Dns { get; init; }

    /// <summary>Of an SSH banner.</summary>
    public L4SshMatch? Ssh { get; init; }

    /// <summary>Addresses or CIDRs of the client.</summary>
    public IReadOnlyList<string>? ClientAddresses { get; init; }

    /// <summary>Addresses or CIDRs connected to.</summary>
    public IReadOnlyList<string>? LocalAddresses { get; init; }

    /// <summary>Ports or ranges connected to, as <c>443</c> or <c>8000-8099</c>.</summary>
    public IReadOnlyList<string>? LocalPorts { get; init; }

    /// <summary>Raw first bytes.</summary>
    public IReadOnlyList<L4BytesMatch>? Bytes { get; init; }

    /// <summary>When.</summary>
    public L4Schedule? Schedule { get; init; }

    /// <summary>What it must not be like.</summary>
    public L4Match? Not { get; init; }

    /// <summary>Any of these.</summary>
    public IReadOnlyList<L4Match>? AnyOf { get; init; }

    /// <summary>Matchers found in DI by name, with their settings.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Custom { get; init; }
}
