using Dapper;
using DbUp.Engine;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Storage.Migrations;
using L4Proxy.Storage.Sqlite;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;
using Microsoft.Data.Sqlite;

namespace L4Proxy.Storage.Tests.Sqlite;

internal sealed class SqliteDatabase : IDatabase
{
    private readonly TempDirectory _directory = new();
    private readonly List<SqliteStore> _stores = [];

    public string Path => _directory.File("store.db");

    public string Other(string name) => _directory.File(name);

    public async Task<IL4Store> OpenAsync(params (string Name, string Sql)[] later)
    {
        var store = New(later);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        return store;
    }

    public SqliteStore New(params (string Name, string Sql)[] later)
    {
        var store = new SqliteStore(Path, TimeProvider.System) { Migrator = With(SqliteStore.NewMigrator(), later), Patience = TimeSpan.FromSeconds(20) };
        lock (_stores)
            _stores.Add(store);
        return store;
    }

    public async Task RunAsync(string sql)
    {
        await using var connection = Connect();
        await connection.ExecuteAsync(sql);
    }

    public async Task<string?> AskAsync(string sql)
    {
        await using var connection = Connect();
        return await connection.ExecuteScalarAsync<string>(sql);
    }

    public SqliteConnection Connect()
    {
        var connection = new SqliteConnection($"Data Source={Path};Pooling=False;Foreign Keys=True");
        connection.Open();
        return connection;
    }

    public ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            store.Dispose();
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    public static Migrator With(Migrator migrator, (string Name, string Sql)[] later) =>
        migrator.With([.. migrator.Scripts, .. later.Select(script => new SqlScript(script.Name, script.Sql))]);
}
