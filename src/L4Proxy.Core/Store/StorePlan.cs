
namespace L4Proxy.Store;

/// <summary>What somebody wants to change.</summary>
/// <param name="Changes">The changes. What is so already is left out.</param>
/// <param name="Actor">Who: an owner.</param>
/// <param name="Action">What, for the audit.</param>
internal sealed record StorePlan(IReadOnlyList<StoreChange> Changes, string Actor, string Action);
