using System.Globalization;
using L4Proxy.Store;

namespace L4Proxy.Storage.Tests.Stores;

/// <summary>Items to write.</summary>
internal static class Some
{
    public const string Owner = "ann";

    public static StoreItem OwnerItem(string id = Owner) => new(StoreKind.Owner, id, id, "{}");

    public static StoreItem Route(string id, string body = """{"Endpoints":["web"]}""", string owner = Owner) => new(StoreKind.Route, id, owner, body);

    public static StoreItem Endpoint(string id, string url, string owner = Owner) => new(StoreKind.Endpoint, id, owner, $$"""{"Url":"{{url}}"}""");

    public static StoreItem Cluster(string id, string body = "{}", string owner = Owner) => new(StoreKind.Cluster, id, owner, body);

    public static StoreItem Pool(string id, string protocol = "tcp") => new(StoreKind.Pool, id, Owner, $$"""{"protocol":"{{protocol}}","ports":"10000-10099"}""");

    public static StoreItem Allocation(string pool, int port, string protocol = "tcp") => new(
        StoreKind.Allocation, string.Create(CultureInfo.InvariantCulture, $"{pool}:{port}"), Owner,
        string.Create(CultureInfo.InvariantCulture, $$"""{"pool":"{{pool}}","protocol":"{{protocol}}","port":{{port}},"route":"r"}"""));

    public static StoreItem Reserved(string id) => new(StoreKind.ReservedPort, id, Owner, """{"reason":"ssh"}""");

    public static StoreItem Other(StoreKind kind, string id) => new(kind, id, Owner, """{"x":"ä\u0000\"'"}""");

    /// <summary>A write of all of it that comes after a state.</summary>
    public static StoreWrite Write(StoreState before, params IEnumerable<StoreChange> changes) =>
        new(before.Revision, [.. changes], Owner, "PUT /x", DateTimeOffset.UnixEpoch.AddTicks(1234567)) { StoreId = before.StoreId };

    public static StoreChange[] Put(params IEnumerable<StoreItem> items) => [.. items.Select(StoreChange.Put)];

    /// <summary>What a state has, to compare.</summary>
    public static IReadOnlyList<string> Lines(StoreState state) =>
        [.. state.All.Select(item => $"{item.Kind} {item.Id} {item.Owner} {item.Body} {item.Revision}").Order(StringComparer.Ordinal)];
}
