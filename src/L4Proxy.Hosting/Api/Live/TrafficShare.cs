using System.Text.Json;

namespace L4Proxy.Api.Live;

/// <summary>What part of what goes through is one object's.</summary>
/// <param name="name">What it is called.</param>
/// <param name="cluster">Whose it is, of a destination.</param>
internal sealed class TrafficShare(string name, string? cluster)
{
    private long _up;
    private long _down;

    public string Name => name;

    /// <summary>How many it has at the moment.</summary>
    public int Connections { get; private set; }

    /// <summary>What it moved, both ways.</summary>
    public long Bytes => _up + _down;

    public void Count() => Connections++;

    public void Add(in SessionMove move) => (_up, _down) = (_up + move.Up, _down + move.Down);

    public void Write(Utf8JsonWriter json, string key, double seconds)
    {
        json.WriteStartObject();
        if (cluster is not null)
            json.WriteString("cluster", cluster);
        json.WriteString(key, name);
        json.WriteNumber("connections", Connections);
        json.WriteNumber("bytesUpPerSecond", LiveRates.Per(seconds, _up));
        json.WriteNumber("bytesDownPerSecond", LiveRates.Per(seconds, _down));
        json.WriteEndObject();
    }
}
