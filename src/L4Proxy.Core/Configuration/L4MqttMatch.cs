namespace L4Proxy.Configuration;

/// <summary>Of an MQTT CONNECT.</summary>
public sealed record L4MqttMatch
{
    /// <summary>Client ids.</summary>
    public IReadOnlyList<string>? ClientId { get; init; }

    /// <summary>User names.</summary>
    public IReadOnlyList<string>? Username { get; init; }

    /// <summary>Protocol versions.</summary>
    public IReadOnlyList<string>? Version { get; init; }
}
