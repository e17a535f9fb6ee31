using System.Runtime.CompilerServices;
using L4Proxy.Api.Ports;
using L4Proxy.Store;

namespace L4Proxy.Api.Owners;

/// <summary>All that an owner has in a store.</summary>
internal static class OwnerObjects
{
    // Whoever asks for one owner asks for others: a state is gone through once for all of them.
    private static readonly ConditionalWeakTable<StoreState, ILookup<string, StoreItem>> s_byOwner = [];

    /// <summary>Its objects by kind and id.</summary>
    public static IEnumerable<StoreItem> Of(StoreState state, string owner) => s_byOwner.GetValue(state, ByOwner)[owner];

    /// <summary>Ports that its pools have given to others.</summary>
    public static List<PortAllocation> NeededByOthers(StoreState state, string owner) =>
        [.. PortAllocation.AllOf(state).Where(given => given.Owner != owner && state.Find(StoreKind.Pool, given.Pool)?.Owner == owner).OrderBy(given => given.Port)];

    private static ILookup<string, StoreItem> ByOwner(StoreState state) =>
        state.All.Where(item => item.Kind != StoreKind.Owner).OrderBy(item => item.Kind).ThenBy(item => item.Id, StringComparer.Ordinal).ToLookup(item => item.Owner, StringComparer.Ordinal);
}
