using System.Text.Json;
using L4Proxy.Api.Owners;
using L4Proxy.Configuration;
using L4Proxy.Store;

namespace L4Proxy.Api.Live;

/// <summary>A configuration that was loaded, or refused.</summary>
/// <param name="number">Counts them.</param>
/// <param name="state">What the store had.</param>
/// <param name="applied">Counts the configurations that came into force.</param>
/// <param name="errors">Why it was refused; none where it is in force.</param>
internal sealed class ConfigLoad(long number, StoreState state, long applied, IReadOnlyList<L4ConfigError> errors)
{
    public long Number => number;

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("outcome", errors.Count == 0 ? "applied" : "refused");
        json.WriteNumber("revision", state.Revision);
        json.WriteString("hash", StateHash.Of(state));
        json.WriteNumber("applied", applied);
        json.WritePropertyName("errors");
        ApiError.Write(json, errors.Select(ApiError.Of));
        json.WriteEndObject();
    }
}
