using System.Collections;
using System.Collections.Immutable;
using L4Proxy.Configuration;

namespace L4Proxy.Store;

/// <summary>All that a store has, as of one revision. Immutable.</summary>
internal sealed class StoreState
{
    private static readonly int s_kinds = Enum.GetValues<StoreKind>().Length;
    private static readonly Dictionary<string, DestinationOverride> s_noOverrides = [];

    private readonly ImmutableArray<ImmutableDictionary<string, StoreItem>> _items;
    // What the items of a kind are read as, once somebody has asked for it: a Dictionary<string, T>.
    private readonly IDictionary?[] _read = new IDictionary?[s_kinds];
    private RouteNames? _names;
    private L4Config? _config;
    private IReadOnlyList<L4ConfigError>? _errors;

    private StoreState(string storeId, long revision, ImmutableArray<ImmutableDictionary<string, StoreItem>> items) => (StoreId, Revision, _items) = (storeId, revision, items);

    /// <summary>Nothing, as in a new store.</summary>
    public static StoreState Empty { get; } = new("", 0, [.. Enumerable.Repeat(ImmutableDictionary.Create<string, StoreItem>(StringComparer.Ordinal), s_kinds)]);

    /// <summary>Of which store it is: revisions of two stores have nothing to do with each other. Empty where nobody else can have it.</summary>
    public string StoreId { get; }

    /// <summary>Counts the writes.</summary>
    public long Revision { get; }

    /// <summary>What was read of a store.</summary>
    public static StoreState Of(long revision, IEnumerable<StoreItem> items, string storeId = "")
    {
        var byKind = items.ToLookup(item => item.Kind);
        return new(storeId, revision, [.. Enum.GetValues<StoreKind>().Select(kind => byKind[kind].ToImmutableDictionary(item => item.Id, StringComparer.Ordinal))]);
    }

    /// <summary>The state that a later one is, by what has changed since: each item has its own revision.</summary>
    /// <param name="revision">Its revision.</param>
    /// <param name="written">Items that were written since.</param>
    /// <param name="removed">Those that were taken away since.</param>
    public StoreState With(long revision, IEnumerable<StoreItem> written, IEnumerable<(StoreKind Kind, string Id)> removed)
    {
        var items = _items.ToBuilder();
        var changed = new HashSet<(StoreKind Kind, string Id)>();
        foreach (var (kind, id) in removed)
        {
            items[(int)kind] = items[(int)kind].Remove(id);
            changed.Add((kind, id));
        }
        foreach (var ofKind in written.GroupBy(item => item.Kind))
        {
            items[(int)ofKind.Key] = items[(int)ofKind.Key].SetItems(ofKind.Select(item => KeyValuePair.Create(item.Id, item)));
            changed.UnionWith(ofKind.Select(item => (item.Kind, item.Id)));
        }
        var next = new StoreState(StoreId, revision, items.MoveToImmutable());
        next.Take(this, changed);
        return next;
    }

    /// <summary>Takes over what was read of the state before: of ten thousand items only those that have changed are read.</summary>
    private void Take(StoreState before, HashSet<(StoreKind Kind, string Id)> changed)
    {
        _names = before._names?.With(changed.Where(item => item.Kind == StoreKind.Route).Select(item => (item.Id, before.RouteOf(item.Id), RouteOf(item.Id))));
        if (before._errors is { Count: 0 } none && changed.All(item => Find(item.Kind, item.Id) is not { Errors.Count: > 0 }))
            _errors = none;
        foreach (var kind in Enum.GetValues<StoreKind>())
        {
            var ids = changed.Where(item => item.Kind == kind).Select(item => item.Id).ToList();
            _read[(int)kind] = before._read[(int)kind] switch
            {
                { } read when ids.Count == 0 => read,
                Dictionary<string, L4Endpoint> endpoints => Changed(kind, endpoints, ids),
                Dictionary<string, L4Route> routes => Changed(kind, routes, ids),
                Dictionary<string, L4Cluster> clusters => Changed(kind, clusters, ids),
                _ => null,
            };
        }
    }

    private Dictionary<string, T> Changed<T>(StoreKind kind, Dictionary<string, T> before, List<string> ids)
        where T : class
    {
        var now = new Dictionary<string, T>(before);
        foreach (var id in ids)
        {
            if (Find(kind, id)?.Config is T config)
                now[id] = config;
            else
                now.Remove(id);
        }
        return now;
    }

    /// <summary>The items of a kind, by id.</summary>
    public ImmutableDictionary<string, StoreItem> this[StoreKind kind] => _items[(int)kind];

    /// <summary>Everything.</summary>
    public IEnumerable<StoreItem> All => _items.SelectMany(items => items.Values);

    /// <summary>An item; null if there is none.</summary>
    public StoreItem? Find(StoreKind kind, string id) => this[kind].GetValueOrDefault(id);

    /// <summary>The state after a write.</summary>
    public StoreState After(IReadOnlyList<StoreChange> changes, long revision) => With(
        revision, changes.Select(change => change.Item?.At(revision)).OfType<StoreItem>(), changes.Where(change => change.Item is null).Select(change => (change.Kind, change.Id)));

    /// <summary>What of it cannot be read, as by an older version what a newer one has written: it is left out, and the rest serves.</summary>
    public IReadOnlyList<L4ConfigError> Errors => _errors ??= [.. All.SelectMany(item => item.Errors)];

    /// <summary>The configuration that it is; what cannot be read is left out.</summary>
    public L4Config Config => _config ??= RecordConfig.With(
        new()
        {
            Endpoints = Of<L4Endpoint>(StoreKind.Endpoint),
            Routes = Of<L4Route>(StoreKind.Route),
            Clusters = Of<L4Cluster>(StoreKind.Cluster),
        },
        this);

    /// <summary>Which of its routes have a name.</summary>
    public RouteNames RouteNames => _names ??= new(this[StoreKind.Route].Keys.Select(id => KeyValuePair.Create(id, RouteOf(id)!)));

    /// <summary>What was said of destinations while they run.</summary>
    public IReadOnlyDictionary<string, DestinationOverride> Overrides => Of<DestinationOverride>(StoreKind.Override) ?? s_noOverrides;

    private L4Route? RouteOf(string id) => Find(StoreKind.Route, id)?.Config as L4Route;

    private Dictionary<string, T>? Of<T>(StoreKind kind)
        where T : class =>
        this[kind].IsEmpty
            ? null
            : (Dictionary<string, T>)(_read[(int)kind] ??= this[kind].Values.Where(item => item.Config is T).ToDictionary(item => item.Id, item => (T)item.Config!));
}
