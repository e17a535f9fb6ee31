using L4Proxy.Storage.Tests.Stores;

namespace L4Proxy.Storage.Tests.Postgres;

/// <summary>What every store does, in a real PostgreSQL.</summary>
public sealed class PostgresStoreTests : StoreTests
{
    private protected override async Task<IDatabase> NewAsync() => await PostgresDatabase.NewAsync();
}
