using L4Proxy.Configuration;

namespace L4Proxy.Store;

/// <summary>What a store has, as configuration. Where a file or code gives the same id, that counts: who edits a file is to see it work.</summary>
internal sealed class StoreConfigProvider(IL4Store store) : IKnownConfigProvider
{
    // What the configuration is made of.
    private static readonly StoreKind[] s_kinds = [StoreKind.Endpoint, StoreKind.Route, StoreKind.Cluster, StoreKind.Record, StoreKind.Override];

    private readonly ConfigPublisher _publisher = new(new L4Config(), []);
    private StoreState _published = StoreState.Empty;

    public string Name => $"the store {store.Name}";

    /// <summary>Whether the configuration is another one by a kind of item.</summary>
    public static bool Uses(StoreKind kind) => s_kinds.Contains(kind);

    public bool Yields => true;

    public L4ConfigSnapshot GetConfig() => _publisher.Current;

    // Whoever follows the store publishes what it has.
    public void Reload()
    {
    }

    /// <summary>What it would say of a state.</summary>
    public static L4ConfigSnapshot SnapshotOf(StoreState state, L4ConfigSnapshot now) => now with { Config = state.Config, Errors = [], Warnings = state.Errors, Overrides = state.Overrides, Revision = state.Revision };

    /// <summary>Says what a state has from now on.</summary>
    /// <returns>Whether that is another configuration than before.</returns>
    public bool Publish(StoreState state)
    {
        var isSame = s_kinds.All(kind => ReferenceEquals(_published[kind], state[kind]));
        _published = state;
        if (!isSame)
            _publisher.Publish(SnapshotOf(state, GetConfig()));
        return !isSame;
    }
}
