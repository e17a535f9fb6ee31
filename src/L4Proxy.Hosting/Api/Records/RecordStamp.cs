using System.Globalization;
using System.Net;
using L4Proxy.Configuration.Reading;
using L4Proxy.Store;

namespace L4Proxy.Api.Records;

/// <summary>Makes a record ready to be stored: in one spelling, and with when it was made and changed, which no client says.</summary>
internal static class RecordStamp
{
    /// <summary>It.</summary>
    /// <param name="record">What a client says.</param>
    /// <param name="before">What there was; null where there was none.</param>
    /// <param name="now">The time.</param>
    public static StoreRecord Of(StoreRecord record, StoreRecord? before, DateTimeOffset now)
    {
        var at = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        var stamped = record with
        {
            Ip = Shortest(record.Ip),
            Targets = record.Targets is not { Count: > 0 } targets ? null : targets.OrderBy(item => item.Key, StringComparer.Ordinal)
                .ToDictionary(item => item.Key, item => item.Value with { CreatedAt = MadeAt(item.Key, item.Value, before) ?? at }),
            CreatedAt = before?.CreatedAt ?? at,
            UpdatedAt = before?.UpdatedAt ?? at,
        };
        return before is null || IsSame(stamped, before) ? stamped : stamped with { UpdatedAt = at };
    }

    // One that has moved is another one.
    private static string? MadeAt(string service, StoreTarget target, StoreRecord? before) =>
        before?.Targets?.GetValueOrDefault(service) is { } known && known.Address == target.Address ? known.CreatedAt : null;

    // Of IPv4 "010.1" and the like mean different things to different readers, and are refused.
    private static string? Shortest(string? ip) => ip is not null && ip.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(ip, out var address) ? address.ToString() : ip;

    private static bool IsSame(StoreRecord one, StoreRecord other) =>
        ConfigWriter.Write(StoreRecord.Keys.Shape, one).AsSpan().SequenceEqual(ConfigWriter.Write(StoreRecord.Keys.Shape, other));
}
