using L4Proxy.Configuration.Shapes;
using L4Proxy.Store;

namespace L4Proxy.Api.Objects;

/// <summary>A kind of what a configuration is made of, as the API names it.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="One">What one is called: <c>route</c>.</param>
/// <param name="Many">What all are called, in paths: <c>routes</c>.</param>
internal sealed record ApiKind(StoreKind Kind, string One, string Many)
{
    public static readonly ApiKind Endpoint = new(StoreKind.Endpoint, "endpoint", "endpoints");
    public static readonly ApiKind Route = new(StoreKind.Route, "route", "routes");
    public static readonly ApiKind Cluster = new(StoreKind.Cluster, "cluster", "clusters");

    /// <summary>Names of internal services: none of the three, but written the same way.</summary>
    public static readonly ApiKind Record = new(StoreKind.Record, "record", "records");

    public static readonly IReadOnlyList<ApiKind> All = [Endpoint, Route, Cluster];

    /// <summary>What may be said of one.</summary>
    public RecordShape Shape { get; } = StoreItem.ShapeOf(Kind)!;

    /// <summary>Where they stand in the configuration.</summary>
    public string Section { get; } = StoreItem.SectionOf(Kind);

    /// <summary>Where one stands there.</summary>
    public string SettingOf(string id) => $"L4Proxy:{Section}:{id}";
}
