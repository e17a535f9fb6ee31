using System.Globalization;
using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Configuration;
using L4Proxy.Store;

namespace L4Proxy.Api.Live;

/// <summary>A destination: how it is, and what is said of it.</summary>
/// <param name="ClusterId">Its cluster.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Status">How it is; null while no configuration in force has it.</param>
/// <param name="Config">What is configured; null of one that was removed.</param>
/// <param name="Item">What the store has over that; null where nothing was said by the API.</param>
internal sealed record LiveDestination(string ClusterId, string Id, L4DestinationStatus? Status, L4Destination? Config, StoreItem? Item)
{
    /// <summary>What was said by the API.</summary>
    public DestinationOverride Said => Item?.Config as DestinationOverride ?? DestinationOverride.None;

    public void Write(Utf8JsonWriter json) => Write(json, []);

    /// <summary>Writes it, and what is odd about what was said.</summary>
    public void Write(Utf8JsonWriter json, IReadOnlyList<ApiError> warnings)
    {
        json.WriteStartObject();
        json.WriteString("cluster", ClusterId);
        json.WriteString("id", Id);
        if ((Status?.Address ?? Config?.Address) is { } address)
            json.WriteString("address", address);
        if (Status is not null)
            WriteStatus(json, Status);
        if (Config is not null)
            WriteConfig(json, Said.Over(Config));
        json.WriteBoolean("drained", Said.IsDrained);
        if (Said.Weight is { } weight)
            json.WriteNumber("weightOverride", weight);
        if (Item is not null)
            json.WriteString("overrideOwner", Item.Owner);
        if (warnings.Count > 0)
        {
            json.WritePropertyName(ApiObject.WarningsName);
            ApiError.Write(json, warnings);
        }
        json.WriteEndObject();
    }

    private static void WriteStatus(Utf8JsonWriter json, L4DestinationStatus status)
    {
        json.WriteString("health", NameOf(status.Health));
        WriteText(json, "avoidedFor", TextOf(status.AvoidedFor));
        WriteText(json, "lastFailure", status.LastFailure?.ToString());
        WriteText(json, "downReason", status.DownReason);
        if (status.ProbedAt is { } probedAt)
            json.WriteString("probedAt", probedAt);
        WriteText(json, "probeDuration", TextOf(status.ProbeDuration));
        WriteText(json, "probeFailure", status.ProbeFailure);
        json.WriteNumber("weightPercent", status.WeightPercent);
        json.WriteNumber("activeConnections", status.ActiveConnections);
        if (status.FailingAddresses.Count == 0)
            return;
        json.WriteStartArray("failingAddresses");
        foreach (var failing in status.FailingAddresses)
        {
            json.WriteStartObject();
            json.WriteString("endPoint", failing.EndPoint.ToString());
            json.WriteString("health", NameOf(failing.Health));
            WriteText(json, "avoidedFor", TextOf(failing.AvoidedFor));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteConfig(Utf8JsonWriter json, L4Destination config)
    {
        json.WriteNumber("weight", L4Destination.Keys.Weight.Of(config));
        json.WriteBoolean("enabled", L4Destination.Keys.Enabled.Of(config));
        json.WriteBoolean("backup", L4Destination.Keys.Backup.Of(config));
        if (config.MaxConnections is { } most)
            json.WriteNumber("maxConnections", most);
    }

    /// <summary>How a state of health is written.</summary>
    public static string NameOf(L4DestinationHealth health) => JsonNamingPolicy.CamelCase.ConvertName(health.ToString());

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    // As the configuration writes durations.
    private static string? TextOf(TimeSpan? time) => time?.ToString("c", CultureInfo.InvariantCulture);
}
