using System.Collections.Immutable;
using L4Proxy.Configuration;

namespace L4Proxy.Store;

/// <summary>All that a store has, as of one revision. Immutable.</summary>
internal sealed class StoreState
{
    private static readonly int s_kinds = Enum.GetValues<StoreKind>().Length;

    private readonly ImmutableArray<ImmutableDictionary<string, StoreItem>> _items;
    private L4Config? _config;
    private Dictionary<string, DestinationOverride>? _overrides;

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
        foreach (var ofKind in removed.GroupBy(item => item.Kind))
            items[(int)ofKind.Key] = items[(int)ofKind.Key].RemoveRange(ofKind.Select(item => item.Id));
        foreach (var ofKind in written.GroupBy(item => item.Kind))
            items[(int)ofKind.Key] = items[(int)ofKind.Key].SetItems(ofKind.Select(item => KeyValuePair.Create(item.Id, item)));
        return new(StoreId, revision, items.MoveToImmutable());
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

    /// <summary>The configuration that it is; what cannot be read is left out.</summary>
    public L4Config Config => _config ??= RecordConfig.With(
        new()
        {
            Endpoints = Of<L4Endpoint>(StoreKind.Endpoint),
            Routes = Of<L4Route>(StoreKind.Route),
            Clusters = Of<L4Cluster>(StoreKind.Cluster),
        },
        this);

    /// <summary>What was said of destinations while they run.</summary>
    public IReadOnlyDictionary<string, DestinationOverride> Overrides => _overrides ??= Of<DestinationOverride>(StoreKind.Override) ?? [];

    private Dictionary<string, T>? Of<T>(StoreKind kind)
        where T : class =>
        this[kind].IsEmpty ? null : this[kind].Values.Where(item => item.Config is T).ToDictionary(item => item.Id, item => (T)item.Config!);
}
