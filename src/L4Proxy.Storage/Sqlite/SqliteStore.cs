using System.Data.Common;
using Dapper;
using DbUp;
using L4Proxy.Storage.Migrations;
using L4Proxy.Storage.Sql;
using L4Proxy.Store;
using Microsoft.Data.Sqlite;

namespace L4Proxy.Storage.Sqlite;

/// <summary>A file, for the gateways of one machine.</summary>
internal sealed class SqliteStore(string path, TimeProvider time) : SqlStore(new Statements("json_each(@rows) AS r")), IL4StoreBackup, IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(500);

    private readonly SqliteFile _file = new(path);
    private readonly SemaphoreSlim _waiting = new(1);
    // Stays open: what others write is told by it, and the last connection that is closed would take the log away.
    private SqliteConnection? _watch;

    public override string Name => $"sqlite:{path}";

    /// <summary>How long another process may have it locked.</summary>
    public TimeSpan Patience
    {
        get => _file.Patience;
        init => _file.Patience = value;
    }

    /// <summary>How it is brought up to date.</summary>
    public Migrator Migrator { get; init; } = NewMigrator();

    /// <summary>For the file's own: DbUp's other parts are the same for all.</summary>
    public static Migrator NewMigrator() => new("Sqlite", "BEGIN IMMEDIATE", connections =>
    {
        var engine = DeployChanges.To.SqliteDatabase("Data Source=:memory:");
        engine.Configure(configuration => configuration.ConnectionManager = connections);
        return engine;
    });

    protected override string HeadSql => "SELECT id AS Id, revision AS Revision FROM store";

    public override Task OpenAsync(CancellationToken cancellationToken) => RunAsync(
        () =>
        {
            _file.Create();
            using var connection = _file.Open();
            if (connection.ExecuteScalar<string>("PRAGMA quick_check(1)") is not "ok" and var damage)
                throw new StoreException($"{path} is damaged: {damage}. Put a backup in its place.");
            connection.Execute("PRAGMA journal_mode = WAL");
            Migrator.Upgrade(connection, Name);
            _watch ??= _file.Open();
            return true;
        },
        cancellationToken);

    public override async Task WaitForChangeAsync(long seen, CancellationToken cancellationToken)
    {
        await _waiting.WaitAsync(cancellationToken);
        try
        {
            var version = -1L;
            while (true)
            {
                var last = version;
                version = await RunAsync(() => VersionOf(_watch ??= _file.Open()), cancellationToken);
                if (version != last && await RunAsync(() => _watch!.ExecuteScalar<long>("SELECT revision FROM store"), cancellationToken) != seen)
                    return;
                await Task.Delay(s_poll, time, cancellationToken);
            }
        }
        catch (StoreException)
        {
            // A connection that failed is not asked again.
            _watch?.Dispose();
            _watch = null;
            throw;
        }
        finally
        {
            _waiting.Release();
        }
    }

    public Task BackupAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RunAsync(
            () =>
            {
                _file.BackUp(path);
                return true;
            },
            cancellationToken);
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _watch = null;
        _waiting.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    protected override Task<T> UseAsync<T>(Func<DbConnection, Task<T>> use, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            await using var connection = _file.Open();
            return await use(connection);
        },
        cancellationToken);

    protected override ValueTask<DbTransaction> BeginReadAsync(DbConnection connection, CancellationToken cancellationToken) =>
        new(((SqliteConnection)connection).BeginTransaction(deferred: true));

    // It locks at once: one that has read before could not wait for another.
    protected override ValueTask<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken) =>
        new(((SqliteConnection)connection).BeginTransaction(deferred: false));

    /// <summary>A number that is another one after each write of another connection.</summary>
    private static long VersionOf(SqliteConnection connection) => connection.ExecuteScalar<long>("PRAGMA data_version");

    private Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => RunAsync(() => Task.FromResult(work()), cancellationToken);

    // SQLite knows no asynchronous calls, and a disk may be slow.
    private Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            try
            {
                return await work();
            }
            catch (SqliteException e)
            {
                throw SqliteErrors.Of(e, path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StoreUnavailableException($"{path}: {e.Message}", e);
            }
        },
        cancellationToken);
}
