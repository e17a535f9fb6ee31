namespace L4Proxy.Configuration;

/// <summary>What a hashing load balancing policy hashes.</summary>
public enum L4HashOn
{
    /// <summary>The client's address.</summary>
    SourceIp,

    /// <summary>The client's address and port.</summary>
    SourceIpPort,

    /// <summary>The server name of the TLS hello.</summary>
    Sni,

    /// <summary>The client id of the MQTT CONNECT.</summary>
    MqttClientId,
}
