using System.Text.Json;

namespace L4Proxy.Api.Live;

/// <summary>How long dials took, in milliseconds: at most, so many in a hundred of them.</summary>
/// <param name="Count">How many there were.</param>
/// <param name="P50">Half of them.</param>
/// <param name="P95">95 in a hundred.</param>
/// <param name="P99">99 in a hundred.</param>
internal sealed record DialPercentiles(long Count, double P50, double P95, double P99)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("count", Count);
        json.WriteNumber("p50", P50);
        json.WriteNumber("p95", P95);
        json.WriteNumber("p99", P99);
        json.WriteEndObject();
    }
}
