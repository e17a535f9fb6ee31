using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Prefaces;

namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>What hashing policies go by.</summary>
internal static class HashKey
{
    /// <summary>The key of a connection; where it does not say what <paramref name="on"/> asks for, that of the client's address.</summary>
    public static ulong Of(L4HashOn on, IBalancedSession session) => on switch
    {
        L4HashOn.Sni when session.ServerName is { } name => StableHash.Of(name),
        L4HashOn.MqttClientId when session.PrefaceInfo.Content is MqttConnect { ClientId: { Length: > 0 } id } => StableHash.Of(id),
        _ => session.ClientEndPoint is IPEndPoint client ? StableHash.Of(client, withPort: on == L4HashOn.SourceIpPort) : 0,
    };

    /// <summary>The protocols whose beginning says it.</summary>
    public static ProtocolSet ProtocolsOf(L4HashOn on) => on switch
    {
        L4HashOn.Sni => PrefaceParsers.WithClientHello,
        L4HashOn.MqttClientId => PrefaceParsers.Mqtt,
        _ => default,
    };
}
