using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Storage.Caching;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace L4Proxy.Storage.Tests.Caching;

/// <summary>A gateway at a store that goes, comes back, and is not always the same.</summary>
public sealed class SessionTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_start_during_an_outage_serves_the_copy_refuses_writes_and_then_catches_up()
    {
        using var directory = new TempDirectory();
        var file = new CacheFile(directory.File("copy"), "fake");
        file.Write(FakeStore.With("a", 7, "x"));
        // Another database by then, with fewer writes.
        var fake = new FakeStore { State = FakeStore.With("b", 3, "z"), IsDown = true };
        await using var gateway = Start(new CachedStore(fake, file, NullLogger<CachedStore>.Instance), out var session);

        await session.StartAsync(Cancellation);

        Assert.Equal(["x"], Records(session));
        await UntilAsync("it is said", () => session.Problem is not null);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => AddAsync(session, "w"));
        fake.IsDown = false;
        await UntilAsync("it catches up", () => session.Problem is null && Records(session) is ["z"]);
        await AddAsync(session, "w");
        Assert.Equal(["w", "z"], Records(session));
        Assert.Equal((4L, "b"), (fake.State.Revision, fake.State.StoreId));
    }

    [Fact]
    public async Task One_that_was_restored_is_followed_back()
    {
        var fake = new FakeStore { State = FakeStore.With("a", 7, "x") };
        await using var gateway = Start(fake, out var session);
        await session.StartAsync(Cancellation);

        fake.State = FakeStore.With("a", 5, "old");

        await UntilAsync("it goes back", () => session.Current.Revision == 5);
        await AddAsync(session, "new");
        Assert.Equal((6L, "new,old"), (session.Current.Revision, string.Join(',', Records(session))));
    }

    [Fact]
    public async Task A_write_that_was_thought_of_for_another_store_is_thought_of_again()
    {
        var fake = new FakeStore { State = FakeStore.With("a", 7, "x") };
        await using var gateway = Start(fake, out var session);
        await session.StartAsync(Cancellation);

        // With the same revision nobody hears of it.
        fake.State = FakeStore.With("b", 7, "y");
        await AddAsync(session, "z");

        Assert.Equal("y,z", string.Join(',', Records(session)));
        Assert.Equal(("b", 8L), (session.Current.StoreId, session.Current.Revision));
    }

    [Fact]
    public async Task A_read_that_a_write_has_overtaken_takes_nothing_back()
    {
        var fake = new FakeStore { State = FakeStore.With("a", 7, "x") };
        await using var gateway = Start(fake, out var session);
        await session.StartAsync(Cancellation);
        var answering = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        fake.Answering = answering.Task;
        fake.State = FakeStore.With("a", 8, "x", "y");
        await UntilAsync("it is read", () => fake.IsRead(8));
        fake.Answering = Task.CompletedTask;

        await AddAsync(session, "z");
        Assert.Equal("x,y,z", string.Join(',', Records(session)));
        answering.SetResult();
        await AddAsync(session, "zz");

        Assert.Equal("x,y,z,zz", string.Join(',', Records(session)));
    }

    private static ServiceProvider Start(IL4Store store, out StoreSession session)
    {
        var services = new ServiceCollection().AddLogging().AddProxyServer().AddSingleton(store).BuildServiceProvider();
        session = services.GetRequiredService<StoreSession>();
        return services;
    }

    // No configuration: that would have to be in force before it ends, and nobody loads it here.
    private static Task<StoreOutcome> AddAsync(StoreSession session, string record) =>
        session.ChangeAsync(_ => new StorePlan(Some.Put(Some.Other(StoreKind.Pool, record)), Some.Owner, "PUT /x"), isTrial: () => false, Cancellation).WaitAsync(s_patience, Cancellation);

    private static string[] Records(StoreSession session) => [.. session.Current[StoreKind.Pool].Keys.Order(StringComparer.Ordinal)];

    private static Task UntilAsync(string what, Func<bool> condition) => Eventually.IsAsync(what, () => Task.FromResult(condition()), s_patience, Cancellation);
}
