using Dapper;
using L4Proxy.Storage.Sqlite;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;
using Microsoft.Data.Sqlite;

namespace L4Proxy.Storage.Tests.Sqlite;

/// <summary>What is the file's own: who may read it, what it survives, and its copies.</summary>
public sealed class SqliteFileTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nobody_else_can_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "no modes there");
        await using var database = new SqliteDatabase();
        await WriteAsync(await database.OpenAsync());

        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(database.Path)!))
            Assert.True(!OperatingSystem.IsWindows() && File.GetUnixFileMode(file) == Private, file);
    }

    [Fact]
    public void What_is_committed_is_on_the_disk()
    {
        using var directory = new L4Proxy.Peers.Tests.Programs.TempDirectory();
        var file = new SqliteFile(directory.File("x.db"));
        file.Create();
        using var connection = file.Open();

        Assert.Equal(2, connection.ExecuteScalar<long>("PRAGMA synchronous"));
        Assert.Equal(1, connection.ExecuteScalar<long>("PRAGMA foreign_keys"));
        Assert.Equal(5000, connection.ExecuteScalar<long>("PRAGMA busy_timeout"));
    }

    [Fact]
    public async Task It_has_a_log_beside_it()
    {
        await using var database = new SqliteDatabase();
        await database.OpenAsync();

        Assert.Equal("wal", await database.AskAsync("PRAGMA journal_mode"));
    }

    [Theory]
    [InlineData(0, "is damaged, or no SQLite database at all. Put a backup in its place.")]
    [InlineData(20 * 4096, "is damaged")]
    public async Task One_that_is_damaged_is_named(int from, string reason)
    {
        await using var database = new SqliteDatabase();
        using (var store = database.New())
        {
            await store.OpenAsync(Cancellation);
            var changes = Some.Put([Some.OwnerItem(), .. Enumerable.Range(0, 2000).Select(n => Some.Cluster($"cluster-{n}"))]);
            Assert.True(await store.TryWriteAsync(Some.Write(await store.ReadAsync(StoreState.Empty, Cancellation), changes), Cancellation));
        }
        await using (var file = new FileStream(database.Path, FileMode.Open))
        {
            Assert.True(file.Length > from + 8192);
            file.Position = from;
            file.Write(Enumerable.Repeat((byte)0xA5, 8192).ToArray());
        }

        var e = await Assert.ThrowsAsync<StoreException>(() => database.OpenAsync());
        Assert.StartsWith($"{database.Path} {reason}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_its_directory_it_cannot_be()
    {
        using var store = new SqliteStore("/none/of/these/x.db", TimeProvider.System);
        var e = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(Cancellation));
        Assert.Equal("There is no directory '/none/of/these' for the store /none/of/these/x.db.", e.Message);
    }

    [Fact]
    public async Task One_that_another_process_has_locked_is_not_there_for_now()
    {
        await using var database = new SqliteDatabase();
        await database.OpenAsync();
        using var store = new SqliteStore(database.Path, TimeProvider.System) { Patience = TimeSpan.FromMilliseconds(50) };
        await store.OpenAsync(Cancellation);
        var state = await store.ReadAsync(StoreState.Empty, Cancellation);
        await using var other = database.Connect();
        await other.ExecuteAsync("BEGIN IMMEDIATE");

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => store.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation));
        Assert.Equal($"{database.Path} is locked by another process.", e.Message);
        // It can be read all the same.
        Assert.Same(state, await store.ReadAsync(state, Cancellation));

        await other.ExecuteAsync("ROLLBACK");
        Assert.True(await store.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation));
    }

    [Theory]
    [InlineData(8, "x cannot be written to.")]
    [InlineData(10, "x cannot be read or written: said")]
    [InlineData(13, "The disk of x is full.")]
    public void A_disk_that_takes_nothing_is_not_there_for_now(int code, string reason) =>
        Assert.Equal(reason, Assert.IsType<StoreUnavailableException>(SqliteErrors.Of(new SqliteException("said", code), "x")).Message);

    [Fact]
    public async Task A_copy_is_whole_and_private_and_replaces_an_older_one()
    {
        await using var database = new SqliteDatabase();
        var store = (SqliteStore)await database.OpenAsync();
        var state = await WriteAsync(store);
        var copy = database.Other("copy.db");
        await File.WriteAllTextAsync(copy, "an older one", Cancellation);

        await store.BackupAsync(copy, Cancellation);
        await WriteAsync(store);

        using var restored = new SqliteStore(copy, TimeProvider.System);
        Assert.False(File.Exists($"{copy}-wal"));
        await restored.OpenAsync(Cancellation);
        Assert.Equal(Some.Lines(state), Some.Lines(await restored.ReadAsync(StoreState.Empty, Cancellation)));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(copy) == Private);
        Assert.DoesNotContain(Directory.GetFiles(Path.GetDirectoryName(copy)!), file => file.EndsWith(".part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_copy_that_fails_leaves_what_was_there()
    {
        await using var database = new SqliteDatabase();
        var store = (SqliteStore)await database.OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => store.BackupAsync(database.Path, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.BackupAsync("/none/of/these/copy.db", Cancellation));

        Assert.Equal(0, (await store.ReadAsync(StoreState.Empty, Cancellation)).Revision);
    }

    private static async Task<StoreState> WriteAsync(IL4Store store)
    {
        var state = await store.ReadAsync(StoreState.Empty, Cancellation);
        Assert.True(await store.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem(), Some.Cluster($"c{state.Revision}"))), Cancellation));
        return await store.ReadAsync(state, Cancellation);
    }
}
