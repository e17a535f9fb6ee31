using L4Proxy.Api.Ports;
using L4Proxy.Store;

namespace L4Proxy.Api.Owners;

/// <summary>All that an owner has in a store.</summary>
internal static class OwnerObjects
{
    public static IEnumerable<StoreItem> Of(StoreState state, string owner) =>
        state.All.Where(item => item.Owner == owner && item.Kind != StoreKind.Owner).OrderBy(item => item.Kind).ThenBy(item => item.Id, StringComparer.Ordinal);

    /// <summary>Ports that its pools have given to others.</summary>
    public static List<PortAllocation> NeededByOthers(StoreState state, string owner) =>
        [.. PortAllocation.AllOf(state).Where(given => given.Owner != owner && state.Find(StoreKind.Pool, given.Pool)?.Owner == owner).OrderBy(given => given.Port)];
}
