using System.Globalization;
using L4Proxy.Store;

namespace L4Proxy.Storage.Sql;

/// <summary>Says in a sentence what the database has refused: it names a constraint, and not who is in whose way.</summary>
internal static class Clashes
{
    /// <summary>What is wrong with a state; null where it is nothing that is known here.</summary>
    public static string? In(StoreState state) => InOwners(state) ?? InListens(state) ?? InPools(state);

    private static string? InOwners(StoreState state) =>
        state.All.FirstOrDefault(item => item.Kind == StoreKind.Owner && item.Owner != item.Id) is { } strange
            ? $"Owner '{strange.Id}' must be its own, and not that of '{strange.Owner}'."
            : state.All.FirstOrDefault(item => state.Find(StoreKind.Owner, item.Owner) is null) is { } lost
                ? $"{Capital(ItemColumns.Name(lost.Kind, lost.Id))} is of owner '{lost.Owner}', who would not be there." : null;

    private static string? InListens(StoreState state)
    {
        var holders = new Dictionary<(string, string, int), string>();
        foreach (var endpoint in state[StoreKind.Endpoint].Values.OrderBy(item => item.Revision).ThenBy(item => item.Id, StringComparer.Ordinal))
        {
            foreach (var listen in Listens.PortsOf(endpoint))
            {
                if (holders.TryAdd(listen, endpoint.Id))
                    continue;
                return string.Create(
                    CultureInfo.InvariantCulture, $"{listen.Protocol}://{listen.Address}:{listen.Port} of endpoint '{endpoint.Id}' is endpoint '{holders[listen]}''s already.");
            }
        }
        return null;
    }

    private static string? InPools(StoreState state)
    {
        var holders = new Dictionary<(string, int), string>();
        foreach (var item in state[StoreKind.Allocation].Values.OrderBy(item => item.Revision).ThenBy(item => item.Id, StringComparer.Ordinal))
        {
            var (pool, protocol, port) = ItemColumns.Allocation(item);
            if (state.Find(StoreKind.Pool, pool) is null)
                return $"Allocation '{item.Id}' is of pool '{pool}', which would not be there.";
            if (!holders.TryAdd((protocol, port), item.Id))
                return string.Create(CultureInfo.InvariantCulture, $"Port {port} of {protocol} was given out as '{holders[(protocol, port)]}' already, and cannot be as '{item.Id}'.");
        }
        return null;
    }

    private static string Capital(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
