using System.Globalization;
using System.Text.Json;
using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>A row of <c>audit</c>.</summary>
internal sealed class AuditRow
{
    public long Revision { get; init; }

    public string At { get; init; } = "";

    public string Actor { get; init; } = "";

    public string Action { get; init; } = "";

    public string Items { get; init; } = "";

    public static AuditRow Of(StoreAudit audit) => new()
    {
        Revision = audit.Revision,
        At = audit.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        Actor = audit.Actor,
        Action = audit.Action,
        Items = JsonSerializer.Serialize(audit.Items),
    };

    public StoreAudit ToAudit() => new(
        Revision, DateTimeOffset.Parse(At, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind), Actor, Action, JsonSerializer.Deserialize<string[]>(Items) ?? []);
}
