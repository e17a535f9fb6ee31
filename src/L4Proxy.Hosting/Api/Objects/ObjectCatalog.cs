using L4Proxy.Configuration;
using L4Proxy.Snapshot;
using L4Proxy.Store;

namespace L4Proxy.Api.Objects;

/// <summary>Every endpoint, route and cluster that there is, by what its sources say now: files and code first, and the store where they are silent.</summary>
internal sealed class ObjectCatalog(ConfigLoader loader, StoreSession store)
{
    /// <summary>All of a kind, by id.</summary>
    public IEnumerable<ApiObject> All(ApiKind kind)
    {
        var (given, state) = (GivenBy(kind), store.Current);
        var ids = given.SelectMany(source => source.Ids).Concat(state[kind.Kind].Keys).Distinct().Order(StringComparer.Ordinal);
        return ids.Select(id => Find(kind, id, given, state)).OfType<ApiObject>();
    }

    /// <summary>Those that something else than the store gives.</summary>
    public IEnumerable<ApiObject> AllGiven(ApiKind kind)
    {
        var (given, state) = (GivenBy(kind), store.Current);
        return given.SelectMany(source => source.Ids).Distinct().Order(StringComparer.Ordinal).Select(id => Find(kind, id, given, state)).OfType<ApiObject>();
    }

    /// <summary>One; null if there is none.</summary>
    public ApiObject? Find(ApiKind kind, string id) => Find(kind, id, GivenBy(kind), store.Current);

    /// <summary>One as it is in a state of the store.</summary>
    public ApiObject? Find(ApiKind kind, string id, StoreState state) => Find(kind, id, GivenBy(kind), state);

    /// <summary>Who but the store gives an id; null if nobody does.</summary>
    public string? GiverOf(ApiKind kind, string id) => GivenBy(kind).Find(source => source.Find(id) is not null)?.Source;

    private ApiObject? Find(ApiKind kind, string id, List<Given> given, StoreState state)
    {
        var giving = given.FindAll(source => source.Find(id) is not null);
        var item = state.Find(kind.Kind, id);
        if (giving.Count > 0)
            return new ApiObject(kind, id, giving[0].Find(id)!, giving[0].Source, null, [.. giving.Skip(1).Select(source => source.Source), .. item is null ? [] : (string[])[NameOf(item)]]);
        return item?.Config is { } config ? new ApiObject(kind, id, config, $"the store {store.Store.Name}", item, []) : null;
    }

    private string NameOf(StoreItem item) => $"the store {store.Store.Name} (owner {item.Owner})";

    private List<Given> GivenBy(ApiKind kind) =>
        [.. loader.Provided.Where(source => !source.Yields).Select(source => GivenOf(source.Source, kind, source.Snapshot.Config))];

    private static Given GivenOf(string source, ApiKind kind, L4Config config) => kind.Kind switch
    {
        StoreKind.Endpoint => Given.Of(source, config.Endpoints),
        StoreKind.Route => Given.Of(source, config.Routes),
        StoreKind.Cluster => Given.Of(source, config.Clusters),
        _ => Given.Of<object>(source, null),
    };

    /// <summary>What one source gives of a kind.</summary>
    private sealed record Given(string Source, IEnumerable<string> Ids, Func<string, object?> Find)
    {
        public static Given Of<T>(string source, IReadOnlyDictionary<string, T>? objects)
            where T : class =>
            new(source, objects?.Keys ?? [], id => objects?.GetValueOrDefault(id));
    }
}
