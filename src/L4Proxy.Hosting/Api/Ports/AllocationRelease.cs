using L4Proxy.Api.Objects;
using L4Proxy.Store;

namespace L4Proxy.Api.Ports;

/// <summary>A route that is taken away leaves its ports to others. One that was never there keeps what was asked for it.</summary>
internal sealed class AllocationRelease : IClaimRule
{
    public IReadOnlyList<StoreChange> Check(StoreState before, StoreState after, IReadOnlyList<StoreChange> changes, string owner)
    {
        var gone = changes.Where(change => change is { Item: null, Kind: StoreKind.Route }).Select(change => before.Find(StoreKind.Route, change.Id)).OfType<StoreItem>()
            .Select(route => (route.Id, route.Owner)).ToHashSet();
        if (gone.Count == 0)
            return [];
        var known = changes.Where(change => change.Kind == StoreKind.Allocation).Select(change => change.Id).ToHashSet();
        return [.. before[StoreKind.Allocation].Values.Where(item => !known.Contains(item.Id) && PortAllocation.Of(item) is { } given && gone.Contains((given.Route, given.Owner)))
            .Select(StoreChange.Remove)];
    }
}
