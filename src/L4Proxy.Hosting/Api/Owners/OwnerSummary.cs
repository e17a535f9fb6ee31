using System.Text.Json;
using L4Proxy.Configuration.Shapes;
using L4Proxy.Store;

namespace L4Proxy.Api.Owners;

/// <summary>An owner as it is shown.</summary>
internal static class OwnerSummary
{
    private static readonly (string Name, StoreKind Kind)[] s_counted =
    [
        ("endpoints", StoreKind.Endpoint), ("routes", StoreKind.Route), ("clusters", StoreKind.Cluster), ("pools", StoreKind.Pool), ("allocations", StoreKind.Allocation),
        ("reservedPorts", StoreKind.ReservedPort), ("records", StoreKind.Record),
    ];

    public static void Write(Utf8JsonWriter json, StoreState state, StoreItem owner)
    {
        var lease = OwnerLease.Of(owner);
        json.WriteStartObject();
        json.WriteString("id", owner.Id);
        json.WriteString("hash", StateHash.Of(state, owner.Id));
        var counts = OwnerObjects.Of(state, owner.Id).CountBy(item => item.Kind).ToDictionary();
        json.WriteStartObject("counts");
        foreach (var (name, kind) in s_counted)
            json.WriteNumber(name, counts.GetValueOrDefault(kind));
        json.WriteEndObject();
        if (lease.Length is { } length)
            json.WriteString("lease", DurationShape.Format(length));
        json.WriteString("onExpiry", lease.OnExpiry.ToString().ToLowerInvariant());
        if (lease.RenewedAt is { } renewed)
            json.WriteString("renewedAt", renewed);
        json.WriteBoolean("stale", lease.IsStale);
        json.WriteEndObject();
    }
}
