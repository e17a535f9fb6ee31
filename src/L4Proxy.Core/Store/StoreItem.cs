using L4Proxy.Configuration;
using L4Proxy.Configuration.Reading;
using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Store;

/// <summary>One thing in a store. Immutable.</summary>
/// <param name="kind">What it is.</param>
/// <param name="id">Its id, unique among its kind.</param>
/// <param name="owner">Whose it is: the id of an <see cref="StoreKind.Owner"/>; an owner is its own.</param>
/// <param name="body">All else that is said of it, as JSON: of a part of the configuration what <see cref="ConfigWriter"/> writes.</param>
/// <param name="revision">The revision that it was written with.</param>
internal sealed class StoreItem(StoreKind kind, string id, string owner, string body, long revision = 0)
{
    private readonly Lazy<(object? Value, IReadOnlyList<L4ConfigError> Errors)> _read = new(() => Read(kind, id, body));

    public StoreKind Kind => kind;

    public string Id => id;

    public string Owner => owner;

    public string Body => body;

    public long Revision => revision;

    /// <summary>The part of the configuration that it is, or that it makes some of, or a <see cref="DestinationOverride"/>; null where it is none, or cannot be read.</summary>
    public object? Config => _read.Value.Value;

    /// <summary>What of it cannot be read, as by an older version what a newer one has written.</summary>
    public IReadOnlyList<L4ConfigError> Errors => _read.Value.Errors;

    /// <summary>The same with another revision.</summary>
    public StoreItem At(long newRevision) => new(kind, id, owner, body, newRevision);

    /// <summary>Whether another one says the same.</summary>
    public bool IsSame(StoreItem? other) => other is not null && other.Kind == kind && other.Id == id && other.Owner == owner && other.Body == body;

    /// <summary>How a kind is written; null where it makes nothing of the configuration.</summary>
    public static RecordShape? ShapeOf(StoreKind kind) => kind switch
    {
        StoreKind.Endpoint => L4Endpoint.Keys.Shape,
        StoreKind.Route => L4Route.Keys.Shape,
        StoreKind.Cluster => L4Cluster.Keys.Shape,
        StoreKind.Record => StoreRecord.Keys.Shape,
        _ => null,
    };

    /// <summary>The key of the section that has a kind's ids.</summary>
    public static string SectionOf(StoreKind kind) => $"{kind}s";

    private static (object?, IReadOnlyList<L4ConfigError>) Read(StoreKind kind, string id, string body)
    {
        if (ShapeOf(kind) is not { } shape)
            return (kind == StoreKind.Override ? DestinationOverride.Parse(body) : null, []);
        var path = new ConfigPath(ConfigReader.SectionName)[SectionOf(kind)][id];
        var (value, errors) = ConfigReader.ParsePart(body, shape, path);
        return value is StoreRecord record ? (value, [.. errors, .. RecordCheck.ErrorsOf(record, id, path)]) : (value, errors);
    }
}
