using System.Data;
using System.Data.Common;
using Dapper;
using DbUp;
using L4Proxy.Storage.Migrations;
using L4Proxy.Storage.Sql;
using L4Proxy.Store;
using Npgsql;

namespace L4Proxy.Storage.Postgres;

/// <summary>A PostgreSQL database, for the gateways of many machines.</summary>
internal sealed class PostgresStore(PostgresSettings settings) : SqlStore(new Statements("json_array_elements(CAST(@rows AS json)) AS r(value)")), IAsyncDisposable, IDisposable
{
    private const int PollSeconds = 2;

    // Of a gateway that was cut off half way nobody tells the server, which would keep its locks for two hours: nobody else could write.
    private const string NotForLong = "SET LOCAL idle_in_transaction_session_timeout = '10s'";

    // One advisory lock among all that the database has: "l4proxy" in ASCII.
    private const string Begin = $"BEGIN; {NotForLong}; SELECT pg_advisory_xact_lock(30525519955229817)";

    private readonly NpgsqlDataSource _source = settings.Build();
    private readonly SemaphoreSlim _waiting = new(1);
    private NpgsqlConnection? _listening;

    public override string Name => settings.Name;

    /// <summary>How often it is asked where nothing is heard: a notification may be lost, and a connection dead.</summary>
    public TimeSpan Poll { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How it is brought up to date.</summary>
    public Migrator Migrator { get; init; } = NewMigrator();

    /// <summary>For the database's own.</summary>
    public static Migrator NewMigrator() => new("Postgres", Begin, connections => DeployChanges.To.PostgresqlDatabase(connections));

    // A server that was promoted, or restored to a moment, has another timeline: it may lack writes that were seen, and have others with their numbers.
    protected override string HeadSql => "SELECT id || '.' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) AS Id, revision AS Revision FROM store";

    public override Task OpenAsync(CancellationToken cancellationToken) => UseAsync(
        async connection =>
        {
            await Task.Run(() => Migrator.Upgrade(connection, Name), cancellationToken);
            return true;
        },
        cancellationToken);

    public override async Task WaitForChangeAsync(long seen, CancellationToken cancellationToken)
    {
        await _waiting.WaitAsync(cancellationToken);
        try
        {
            await TranslateAsync(() => WaitAsync(seen, cancellationToken));
        }
        catch (Exception)
        {
            await ForgetListeningAsync();
            throw;
        }
        finally
        {
            _waiting.Release();
        }
    }

    public override async Task RestAsync()
    {
        await ForgetListeningAsync();
        _source.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await ForgetListeningAsync();
        await _source.DisposeAsync();
        _waiting.Dispose();
    }

    public void Dispose()
    {
        _listening?.Dispose();
        _listening = null;
        _source.Dispose();
        _waiting.Dispose();
    }

    protected override Task<T> UseAsync<T>(Func<DbConnection, Task<T>> use, CancellationToken cancellationToken) => TranslateAsync(async () =>
    {
        await using var connection = await _source.OpenConnectionAsync(cancellationToken);
        return await use(connection);
    });

    protected override async ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);

    // Two that write wait for each other at the row of the revision, and the later one sees what the other has written.
    protected override async ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(NotForLong, cancellationToken: cancellationToken));
        return transaction;
    }

    protected override Task NotifyAsync(DbConnection connection, long revision) =>
        connection.ExecuteAsync("SELECT pg_notify('l4proxy_' || id, CAST(@revision AS TEXT)) FROM store", new { revision });

    private async Task<bool> WaitAsync(long seen, CancellationToken cancellationToken)
    {
        var connection = _listening ??= await ListenAsync(cancellationToken);
        while (await RevisionAsync(connection, cancellationToken) == seen)
            await connection.WaitAsync(Poll, cancellationToken);
        return true;
    }

    private async Task<NpgsqlConnection> ListenAsync(CancellationToken cancellationToken)
    {
        var connection = await _source.OpenConnectionAsync(cancellationToken);
        try
        {
            var id = await connection.ExecuteScalarAsync<string>(new CommandDefinition("SELECT id FROM store", cancellationToken: cancellationToken));
            await connection.ExecuteAsync(new CommandDefinition($"LISTEN \"l4proxy_{id!.Replace("\"", "", StringComparison.Ordinal)}\"", cancellationToken: cancellationToken));
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private async Task<long> RevisionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var sql = "SELECT CASE WHEN pg_is_in_recovery() THEN -1 ELSE revision END FROM store";
        var revision = await connection.ExecuteScalarAsync<long>(new CommandDefinition(sql, commandTimeout: PollSeconds, cancellationToken: cancellationToken));
        if (revision >= 0)
            return revision;
        // A primary that has become a standby goes on answering.
        _source.Clear();
        throw PostgresErrors.Standby(Name);
    }

    private async Task<T> TranslateAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (PostgresErrors.IsAny(e))
        {
            var said = PostgresErrors.Of(e, Name);
            // What is in the pool goes to the same server, which may be there again by then, or not be the primary.
            if (said is StoreUnavailableException)
                _source.Clear();
            throw said;
        }
    }

    private async Task ForgetListeningAsync()
    {
        if (_listening is not { } connection)
            return;
        _listening = null;
        await connection.DisposeAsync();
    }
}
