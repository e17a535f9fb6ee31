namespace L4Proxy.Configuration;

/// <summary>The CONNECT packet of MQTT: lists are OR, fields are AND. <c>*</c> anywhere in a text stands for any characters.</summary>
public sealed record L4MqttMatch
{
    /// <summary>Client ids.</summary>
    public IReadOnlyList<string>? ClientId { get; init; }

    /// <summary>User names.</summary>
    public IReadOnlyList<string>? Username { get; init; }

    /// <summary>Protocol versions, as <c>3.1</c>, <c>3.1.1</c> or <c>5</c>.</summary>
    public IReadOnlyList<string>? Version { get; init; }
}
