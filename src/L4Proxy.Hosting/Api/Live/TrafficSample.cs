using System.Text.Json;

namespace L4Proxy.Api.Live;

/// <summary>What went through in a while.</summary>
/// <param name="At">When that was over.</param>
/// <param name="Connections">Connections and flows at that time.</param>
/// <param name="Opened">How many began.</param>
/// <param name="BytesUp">Bytes from clients.</param>
/// <param name="BytesDown">Bytes to clients.</param>
/// <param name="Dials">How long destinations took to answer; null where none did.</param>
/// <param name="Endings">How many ended, by why; those that there were.</param>
internal sealed record TrafficSample(
    DateTimeOffset At, int Connections, long Opened, long BytesUp, long BytesDown, DialPercentiles? Dials, IReadOnlyList<(L4EndReason Reason, long Count)> Endings)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("at", At);
        json.WriteNumber("connections", Connections);
        json.WriteNumber("opened", Opened);
        json.WriteNumber("closed", Endings.Sum(ending => ending.Count));
        json.WriteNumber("bytesUp", BytesUp);
        json.WriteNumber("bytesDown", BytesDown);
        json.WritePropertyName("connect");
        if (Dials is null)
            json.WriteNullValue();
        else
            Dials.Write(json);
        json.WriteStartObject("endings");
        foreach (var (reason, count) in Endings)
            json.WriteNumber(reason.ToString(), count);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
