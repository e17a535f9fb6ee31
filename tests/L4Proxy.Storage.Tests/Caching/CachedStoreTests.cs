using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Storage.Caching;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace L4Proxy.Storage.Tests.Caching;

public sealed class CachedStoreTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly TempDirectory _directory = new();

    private string CachePath => _directory.File("copy");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_start_without_the_store_serves_what_it_had_last_and_only_that_read()
    {
        var state = FakeStore.With("a", 7, "x", "y");
        await KeepAsync(state);
        var fake = new FakeStore { State = FakeStore.With("a", 9, "z"), IsDown = true };
        await using var store = New(fake);

        await store.OpenAsync(Cancellation);
        var served = await store.ReadAsync(StoreState.Empty, Cancellation);

        Assert.Equal(Some.Lines(state), Some.Lines(served));
        Assert.Equal(("a", 7L), (served.StoreId, served.Revision));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.WaitForChangeAsync(7, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync(served, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAuditAsync(1, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.TryWriteAsync(Some.Write(served), Cancellation));

        fake.IsDown = false;
        await store.WaitForChangeAsync(7, Cancellation).WaitAsync(s_patience, Cancellation);
        Assert.Same(fake.State, await store.ReadAsync(served, Cancellation));
        Assert.Equal(1, fake.Opened);
    }

    /// <summary>The number alone says nothing: it may be another store's.</summary>
    [Fact]
    public async Task When_the_store_is_there_again_it_is_read_even_where_the_revision_is_the_same()
    {
        await KeepAsync(FakeStore.With("a", 7, "x"));
        var fake = new FakeStore { State = FakeStore.With("b", 7, "z"), IsDown = true };
        await using var store = New(fake);
        await store.OpenAsync(Cancellation);
        await store.ReadAsync(StoreState.Empty, Cancellation);
        fake.IsDown = false;

        await store.WaitForChangeAsync(7, Cancellation).WaitAsync(s_patience, Cancellation);
        Assert.Same(fake.State, await store.ReadAsync(StoreState.Empty, Cancellation));
        Assert.False(store.WaitForChangeAsync(7, Cancellation).IsCompleted);
    }

    [Fact]
    public async Task One_that_is_lost_between_opening_and_reading_is_replaced_too()
    {
        await KeepAsync(FakeStore.With("a", 7, "x"));
        var fake = new FakeStore();
        await using var store = New(fake);
        await store.OpenAsync(Cancellation);
        fake.IsDown = true;

        Assert.Equal(7, (await store.ReadAsync(StoreState.Empty, Cancellation)).Revision);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync(StoreState.Empty, Cancellation));
    }

    [Fact]
    public async Task What_was_written_is_kept()
    {
        var fake = new FakeStore();
        await using (var store = New(fake))
        {
            await store.OpenAsync(Cancellation);
            var state = await store.ReadAsync(StoreState.Empty, Cancellation);
            for (var n = 0; n < 20; n++)
            {
                var changes = Some.Put(Some.OwnerItem(), Some.Cluster($"c{n}"));
                Assert.True(await store.TryWriteAsync(Some.Write(state, changes), Cancellation));
                state = state.After(changes, state.Revision + 1);
            }
            Assert.False(await store.TryWriteAsync(Some.Write(StoreState.Empty), Cancellation));
        }

        var kept = new CacheFile(CachePath, "fake").Read()!;
        Assert.Equal(Some.Lines(fake.State), Some.Lines(kept));
        Assert.Equal((20L, "a"), (kept.Revision, kept.StoreId));
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(CachePath) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.Equal([CachePath], Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public async Task Without_a_copy_a_start_fails_as_without_a_cache()
    {
        var fake = new FakeStore { IsDown = true };
        await using var store = New(fake);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Cancellation));

        fake.IsDown = false;
        await store.OpenAsync(Cancellation);
        Assert.Same(fake.State, await store.ReadAsync(StoreState.Empty, Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":1,"store":"fake","storeId":"a","revision":7,"items":[{"kind":1}]}""")]
    [InlineData("""{"version":1,"store":"fake","storeId":"a","revision":"7","items":[]}""")]
    [InlineData("""{"version":2,"store":"fake","storeId":"a","revision":7,"items":[]}""")]
    [InlineData("""{"version":1,"store":"another","storeId":"a","revision":7,"items":[]}""")]
    public async Task What_is_no_copy_of_this_store_is_none(string text)
    {
        await File.WriteAllTextAsync(CachePath, text, Cancellation);
        await using var store = New(new FakeStore { IsDown = true });

        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Cancellation));
    }

    [Fact]
    public async Task A_store_that_cannot_be_used_is_no_reason_to_serve_the_copy()
    {
        await KeepAsync(FakeStore.With("a", 7, "x"));
        await using var store = New(new FakeStore { Problem = new StoreException("newer") });

        Assert.Equal("newer", (await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(Cancellation))).Message);
    }

    [Fact]
    public async Task A_copy_that_cannot_be_written_is_no_reason_to_stop()
    {
        var fake = new FakeStore { State = FakeStore.With("a", 7, "x") };
        await using var store = new CachedStore(fake, new CacheFile("/none/of/these/copy", fake.Name), NullLogger<CachedStore>.Instance);
        await store.OpenAsync(Cancellation);

        Assert.Same(fake.State, await store.ReadAsync(StoreState.Empty, Cancellation));
    }

    private CachedStore New(FakeStore fake) => new(fake, new CacheFile(CachePath, fake.Name), NullLogger<CachedStore>.Instance);

    private async Task KeepAsync(StoreState state)
    {
        await using var store = New(new FakeStore { State = state });
        await store.OpenAsync(Cancellation);
        await store.ReadAsync(StoreState.Empty, Cancellation);
    }
}
