using L4Proxy.Storage.Tests.Stores;

namespace L4Proxy.Storage.Tests.Sqlite;

/// <summary>What every store does, in a file.</summary>
public sealed class SqliteStoreTests : StoreTests
{
    private protected override Task<IDatabase> NewAsync() => Task.FromResult<IDatabase>(new SqliteDatabase());
}
