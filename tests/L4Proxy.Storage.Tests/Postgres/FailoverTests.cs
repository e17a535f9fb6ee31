using System.Globalization;
using Dapper;
using L4Proxy.Peers.Tests.Peers;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Storage.Postgres;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;
using Npgsql;

namespace L4Proxy.Storage.Tests.Postgres;

/// <summary>A primary that is lost, and a standby that takes its place without the last write.</summary>
public sealed class FailoverTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_standby_is_used_and_a_write_that_it_never_got_is_known_to_be_lost()
    {
        await using var primary = await PostgresPeer.StartAsync(Cancellation);
        await using var standby = await StandbyServer.StartAsync(primary.Port, Cancellation);
        var hosts = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=postgres;Database=postgres");
        await using var store = new PostgresStore(new PostgresSettings(hosts));
        await store.OpenAsync(Cancellation);
        var first = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation), Some.Put(Some.OwnerItem(), Some.Cluster("kept")));
        var written = await AskAsync(primary.Port, "SELECT pg_current_wal_lsn()::text");
        await UntilAsync("the standby has it", async () => await AskAsync(standby.Port, $"SELECT (pg_last_wal_replay_lsn() >= '{written}')::text") == "true");
        await RefusesAsync(standby.Port);
        await AskAsync(standby.Port, "ALTER SYSTEM SET primary_conninfo = ''");
        await AskAsync(standby.Port, "SELECT pg_reload_conf()::text");
        await UntilAsync("the standby follows no longer", async () => await AskAsync(standby.Port, "SELECT count(*)::text FROM pg_stat_wal_receiver") == "0");
        var lost = await WriteAsync(store, first, Some.Put(Some.Cluster("lost")));

        // At once, without a word to those who are connected.
        Signal.Kill(int.Parse((await AskAsync(primary.Port, "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)"))!, CultureInfo.InvariantCulture));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WaitForChangeAsync(lost.Revision, Cancellation).WaitAsync(s_patience, Cancellation));
        await UntilAsync("the primary is gone", async () => !await CanReadAsync(store, lost));
        await AskAsync(standby.Port, "SELECT pg_promote()::text");
        await UntilAsync("the standby is the primary", async () => await CanReadAsync(store, lost));

        // Another write with the number of the one that was lost is no reason to think that nothing has changed.
        Assert.False(await store.TryWriteAsync(Some.Write(first, Some.Put(Some.Cluster("of the old one"))), Cancellation));
        var now = await store.ReadAsync(first, Cancellation);
        Assert.Equal(Some.Lines(first), Some.Lines(now));
        var other = await WriteAsync(store, now, Some.Put(Some.Cluster("other")));
        Assert.Equal(lost.Revision, other.Revision);
        Assert.Equal(Some.Lines(other), Some.Lines(await store.ReadAsync(lost, Cancellation)));
    }

    private static async Task<StoreState> WriteAsync(PostgresStore store, StoreState before, StoreChange[] changes)
    {
        Assert.True(await store.TryWriteAsync(Some.Write(before, changes), Cancellation));
        return await store.ReadAsync(before, Cancellation);
    }

    /// <summary>A standby by itself is no store, not even to be read: what it has may be of yesterday.</summary>
    private static async Task RefusesAsync(int port)
    {
        await using var store = new PostgresStore(new PostgresSettings(string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres")));
        foreach (var ask in new Func<Task>[] { () => store.OpenAsync(Cancellation), () => store.ReadAsync(StoreState.Empty, Cancellation), () => store.WaitForChangeAsync(1, Cancellation) })
            Assert.EndsWith("is a standby, or only to be read.", (await Assert.ThrowsAsync<StoreUnavailableException>(ask)).Message, StringComparison.Ordinal);
    }

    private static async Task<bool> CanReadAsync(PostgresStore store, StoreState known)
    {
        try
        {
            await store.ReadAsync(known, Cancellation);
            return true;
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static Task UntilAsync(string what, Func<Task<bool>> condition) => Eventually.IsAsync(what, condition, s_patience, Cancellation);

    private static async Task<string?> AskAsync(int port, string sql)
    {
        await using var connection = new NpgsqlConnection(string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres;Pooling=false"));
        return await connection.ExecuteScalarAsync<string>(sql);
    }
}
