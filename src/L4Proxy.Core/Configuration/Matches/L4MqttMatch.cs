using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

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

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4MqttMatch());

        public static readonly Key<L4MqttMatch, IReadOnlyList<string>> ClientId = new(Shape, MatchTexts, r => r.ClientId, (r, v) => r with { ClientId = v });
        public static readonly Key<L4MqttMatch, IReadOnlyList<string>> Username = new(Shape, MatchTexts, r => r.Username, (r, v) => r with { Username = v });
        public static readonly Key<L4MqttMatch, IReadOnlyList<string>> Version = new(Shape, MatchNumbers, r => r.Version, (r, v) => r with { Version = v });
    }
}
