using System.Text.Json;
using L4Proxy.Api.Objects;
using L4Proxy.Api.Owners;
using L4Proxy.Configuration;
using L4Proxy.Snapshot;
using L4Proxy.Store;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Status;

/// <summary>What is in force, where it comes from, and what is wrong.</summary>
internal sealed class StatusPart(ProxyServer server, ConfigLoader loader, StoreSession store, ObjectCatalog catalog) : IApiPart
{
    private const int MaxAudit = 1000;

    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/status", "getStatus", "What is in force, where it comes from, and what is wrong.", call => call.AnswerAsync(StatusCodes.Status200OK, Write)) { Answer = "Status" },
        new("GET", "/audit", "listAudit", "The last changes, the newest first.", AuditAsync) { Answer = "AuditEntry", IsList = true, Query = [("limit", "At most so many. Default: 100.")] },
    ];

    private void Write(Utf8JsonWriter json)
    {
        var state = store.Current;
        json.WriteStartObject();
        json.WriteNumber("revision", state.Revision);
        json.WriteString("hash", StateHash.Of(state));
        json.WriteNumber("applied", server.Snapshot.Revision);
        json.WriteBoolean("draining", server.IsDraining);
        json.WriteStartObject("store");
        json.WriteString("name", store.Store.Name);
        json.WriteBoolean("durable", store.Store.IsDurable);
        json.WriteBoolean("reachable", store.Problem is null);
        if (store.Problem is { } problem)
            json.WriteString("problem", problem);
        json.WriteEndObject();
        json.WritePropertyName("errors");
        ApiError.Write(json, loader.Errors.Select(ApiError.Of));
        json.WritePropertyName("warnings");
        ApiError.Write(json, Warnings.Select(ApiError.Of).Concat(StaleOwners));
        json.WriteStartObject("objects");
        foreach (var kind in ApiKind.All)
        {
            json.WriteStartArray(kind.Many);
            foreach (var item in catalog.All(kind))
                WriteOrigin(json, item);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private IEnumerable<L4ConfigError> Warnings => store.Store.IsDurable || store.Current.Revision == 0 ? loader.Warnings
        : loader.Warnings.Append(new("L4Proxy", "What the API was told is kept in memory, and gone when the process ends: no store was chosen."));

    private IEnumerable<ApiError> StaleOwners => store.Current[StoreKind.Owner].Values.OrderBy(owner => owner.Id, StringComparer.Ordinal).Select(OwnerLease.Of)
        .Where(lease => lease.IsStale).Select(lease => new ApiError(null, null, $"The lease of owner '{lease.Owner}' is over: it was heard of last at {lease.RenewedAt:O}."));

    private static void WriteOrigin(Utf8JsonWriter json, ApiObject item)
    {
        json.WriteStartObject();
        json.WriteString(ApiObject.IdName, item.Id);
        json.WriteString(ApiObject.SourceName, item.Source);
        if (item.Item is not null)
            json.WriteString(ApiObject.OwnerName, item.Item.Owner);
        if (item.Hides.Count > 0)
            json.WriteTexts(ApiObject.HidesName, item.Hides);
        json.WriteEndObject();
    }

    private async Task AuditAsync(ApiCall call)
    {
        var entries = await store.Store.ReadAuditAsync(call.Number("limit", 1, MaxAudit) ?? 100, call.Aborted);
        await call.AnswerAsync(entries, (json, entry) =>
        {
            json.WriteStartObject();
            json.WriteNumber("revision", entry.Revision);
            json.WriteString("at", entry.At);
            json.WriteString("actor", entry.Actor);
            json.WriteString("action", entry.Action);
            json.WriteTexts("items", entry.Items);
            json.WriteEndObject();
        });
    }
}
