namespace L4Proxy.Configuration;

/// <summary>What is hashed.</summary>
public enum L4HashOn
{
    /// <summary>SourceIp.</summary>
    SourceIp,

    /// <summary>SourceIpPort.</summary>
    SourceIpPort,

    /// <summary>Sni.</summary>
    Sni,

    /// <summary>MqttClientId.</summary>
    MqttClientId,
}
