namespace L4Proxy.Prefaces;

/// <summary>What an MQTT client says in its CONNECT.</summary>
/// <param name="Version"><c>3.1</c>, <c>3.1.1</c> or <c>5</c>.</param>
/// <param name="ClientId">Its client identifier; empty where the server is to give it one.</param>
/// <param name="UserName">Its user name; null without one.</param>
internal sealed record MqttConnect(string Version, string ClientId, string? UserName);
