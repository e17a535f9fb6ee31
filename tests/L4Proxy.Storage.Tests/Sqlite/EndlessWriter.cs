using L4Proxy.Storage.Sqlite;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;

namespace L4Proxy.Storage.Tests.Sqlite;

/// <summary>A process that writes sets of items that all say the same, and prints the revision of each that was acknowledged, until it is killed.</summary>
internal static class EndlessWriter
{
    public const string Argument = "write-until-killed";
    public const int Items = 50;

    public static async Task<int> RunAsync(string path)
    {
        using var store = new SqliteStore(path, TimeProvider.System);
        await store.OpenAsync(CancellationToken.None);
        var state = await store.ReadAsync(StoreState.Empty, CancellationToken.None);
        while (true)
        {
            var changes = Some.Put([Some.OwnerItem(), .. Enumerable.Range(0, Items).Select(n => Some.Route($"r{n}", $$"""{"n":{{state.Revision + 1}}}"""))]);
            if (!await store.TryWriteAsync(Some.Write(state, changes), CancellationToken.None))
                return 1;
            state = state.After(changes, state.Revision + 1);
            Console.WriteLine($"acknowledged {state.Revision}.");
        }
    }
}
