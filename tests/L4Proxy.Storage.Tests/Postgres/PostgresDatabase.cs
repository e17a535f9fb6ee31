using System.Globalization;
using Dapper;
using L4Proxy.Storage.Postgres;
using L4Proxy.Storage.Tests.Sqlite;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;
using Npgsql;

namespace L4Proxy.Storage.Tests.Postgres;

/// <summary>A schema of a test's own.</summary>
internal sealed class PostgresDatabase : IDatabase
{
    private static int s_last;

    private readonly List<PostgresStore> _stores = [];
    private readonly string _schema = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref s_last)}");

    private PostgresDatabase(int port) => Port = port;

    public int Port { get; }

    public string ConnectionString => Through(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}"));

    public static async Task<PostgresDatabase> NewAsync()
    {
        var database = new PostgresDatabase((await PostgresServers.GetAsync()).Port);
        await database.RunAsync($"CREATE SCHEMA {database._schema}");
        return database;
    }

    public string Through(string hosts, string more = "") => $"Host={hosts};Username=postgres;Database=postgres;Search Path={_schema};{more}";

    public async Task<IL4Store> OpenAsync(params (string Name, string Sql)[] later)
    {
        // Many tests at once on a small machine.
        var store = New(Through(string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}"), "Command Timeout=30;Timeout=30"), later);
        await store.OpenAsync(TestContext.Current.CancellationToken);
        return store;
    }

    public PostgresStore New(string connectionString, params (string Name, string Sql)[] later) => New(connectionString, TimeSpan.FromHours(1), later);

    public PostgresStore New(string connectionString, TimeSpan poll, params (string Name, string Sql)[] later)
    {
        var store = new PostgresStore(new PostgresSettings(connectionString)) { Migrator = SqliteDatabase.With(PostgresStore.NewMigrator(), later), Poll = poll };
        lock (_stores)
            _stores.Add(store);
        return store;
    }

    public async Task RunAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        await connection.ExecuteAsync(sql);
    }

    public async Task<string?> AskAsync(string sql)
    {
        await using var connection = await ConnectAsync();
        return await connection.ExecuteScalarAsync<string>(sql);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false;Timeout=30;Command Timeout=30");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }
}
