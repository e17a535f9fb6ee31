using System.Diagnostics;
using System.Globalization;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Storage.Postgres;
using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;
using Npgsql;

namespace L4Proxy.Storage.Tests.Postgres;

/// <summary>A server that is not there, in its ways: each is said to be so within seconds, and is over as soon as it is there again.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_that_goes_and_comes_is_used_again()
    {
        await using var database = await PostgresDatabase.NewAsync();
        await using var relay = new CuttableRelay(database.Port).Listen();
        var store = database.New(database.Through(Host(relay.Port)));
        await store.OpenAsync(Cancellation);
        var state = await store.ReadAsync(StoreState.Empty, Cancellation);
        var waiting = store.WaitForChangeAsync(0, Cancellation);

        relay.Cut();

        Assert.Contains("does not answer", (await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting.WaitAsync(s_patience, Cancellation))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync(state, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAuditAsync(1, Cancellation));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.OpenAsync(Cancellation));

        relay.Listen();

        Assert.True(await store.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation));
        await store.WaitForChangeAsync(0, Cancellation).WaitAsync(s_patience, Cancellation);
        Assert.Equal(1, (await store.ReadAsync(state, Cancellation)).Revision);
    }

    /// <summary>Packets are dropped and nobody says so: what a host that lost its power looks like.</summary>
    [Fact]
    public async Task One_that_says_nothing_any_longer_is_noticed() => await DeadAsync("Command Timeout=2;Timeout=2", TimeSpan.FromMilliseconds(200), TimeSpan.FromMinutes(1));

    [Fact]
    public async Task One_that_says_nothing_any_longer_is_noticed_within_ten_seconds_or_so()
    {
        Assert.SkipUnless(Soak.IsOn, "takes the usual timeouts; ./test.sh --soak runs it");
        await DeadAsync("", TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task One_gateway_that_is_cut_off_in_the_middle_of_a_write_keeps_no_other_from_writing()
    {
        await using var database = await PostgresDatabase.NewAsync();
        await using var relay = new CuttableRelay(database.Port).Listen();
        var other = await database.OpenAsync();
        var state = await other.ReadAsync(StoreState.Empty, Cancellation);
        var cutOff = database.New(database.Through(Host(relay.Port), "Command Timeout=2;Timeout=2;Application Name=cut-off"));
        await cutOff.OpenAsync(Cancellation);

        relay.FreezeBehind("UPDATE store SET revision");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => cutOff.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation));
        // It has the lock, and the server knows of nothing.
        Assert.Equal("idle in transaction", await database.AskAsync("SELECT state FROM pg_stat_activity WHERE application_name = 'cut-off' AND state LIKE 'idle in%'"));

        Assert.True(await other.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation).WaitAsync(s_patience, Cancellation));
        Assert.Equal(1, (await other.ReadAsync(state, Cancellation)).Revision);
    }

    [Fact]
    public async Task What_it_lets_go_of_it_makes_again()
    {
        await using var database = await PostgresDatabase.NewAsync();
        var store = database.New(database.Through(Host(database.Port), "Application Name=at-rest"), poll: TimeSpan.FromMilliseconds(100));
        await store.OpenAsync(Cancellation);
        var state = await store.ReadAsync(StoreState.Empty, Cancellation);
        using (var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation))
        {
            var waiting = store.WaitForChangeAsync(0, stop.Token);
            await ListensAsync(database, "at-rest");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(s_patience, Cancellation));
        }

        await store.RestAsync();

        const string Connections = "SELECT count(*)::text FROM pg_stat_activity WHERE application_name = 'at-rest'";
        await Eventually.IsAsync("nothing is connected", async () => await database.AskAsync(Connections) == "0", s_patience, Cancellation);
        Assert.True(await store.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation));
        await store.WaitForChangeAsync(0, Cancellation).WaitAsync(s_patience, Cancellation);
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_is_replaced()
    {
        await using var database = await PostgresDatabase.NewAsync();
        var store = database.New(database.Through(Host(database.Port), "Application Name=to-be-ended"));
        await store.OpenAsync(Cancellation);
        var state = await store.ReadAsync(StoreState.Empty, Cancellation);
        var waiting = store.WaitForChangeAsync(0, Cancellation);
        await ListensAsync(database, "to-be-ended");

        await database.RunAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'to-be-ended'");

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting.WaitAsync(s_patience, Cancellation));
        Assert.EndsWith("was shut down.", e.Message, StringComparison.Ordinal);
        Assert.Same(state, await store.ReadAsync(state, Cancellation));
    }

    [Fact]
    public async Task One_that_can_only_be_read_is_not_there()
    {
        await using var database = await PostgresDatabase.NewAsync();
        var store = await database.OpenAsync();
        var state = await store.ReadAsync(StoreState.Empty, Cancellation);
        var readOnly = database.New(database.Through(Host(database.Port), "Options=-c default_transaction_read_only=on"));

        var e = await Assert.ThrowsAsync<StoreUnavailableException>(() => readOnly.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation));
        Assert.EndsWith("is a standby, or only to be read.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_several_hosts_the_one_that_is_there_is_used()
    {
        await using var database = await PostgresDatabase.NewAsync();
        await using var first = new CuttableRelay(database.Port).Listen();
        await using var second = new CuttableRelay(database.Port);
        var store = database.New(database.Through($"{Host(first.Port)},{Host(second.Port)}"));
        await store.OpenAsync(Cancellation);
        var state = await store.ReadAsync(StoreState.Empty, Cancellation);

        first.Cut();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync(state, Cancellation));
        second.Listen();

        await Eventually.IsAsync("the other is used", async () => await CanWriteAsync(store, state), s_patience, Cancellation);
    }

    [Fact]
    public async Task Where_a_notification_is_lost_it_asks()
    {
        await using var database = await PostgresDatabase.NewAsync();
        var store = database.New(database.ConnectionString, poll: TimeSpan.FromMilliseconds(100));
        await store.OpenAsync(Cancellation);
        var waiting = store.WaitForChangeAsync(0, Cancellation);
        await database.RunAsync("UPDATE store SET revision = 1");

        await waiting.WaitAsync(s_patience, Cancellation);
    }

    [Theory]
    [InlineData(PostgresErrorCodes.CannotConnectNow, "is starting or stopping.")]
    [InlineData(PostgresErrorCodes.TooManyConnections, "has too many connections.")]
    [InlineData(PostgresErrorCodes.AdminShutdown, "was shut down.")]
    [InlineData(PostgresErrorCodes.DiskFull, "cannot: said")]
    [InlineData(PostgresErrorCodes.ConnectionFailure, "cannot: said")]
    [InlineData(PostgresErrorCodes.QueryCanceled, "cannot: said")]
    [InlineData(PostgresErrorCodes.DeadlockDetected, "is busy: said")]
    [InlineData("25P03", "waited too long: said")]
    public void What_the_server_says_of_itself_is_that_it_is_not_there(string code, string reason) => Assert.Equal(
        $"p {reason}", Assert.IsType<StoreUnavailableException>(PostgresErrors.Of(new PostgresException("said", "FATAL", "FATAL", code), "p")).Message);

    [Theory]
    [InlineData(PostgresErrorCodes.InvalidPassword, "lets nobody in with these credentials: said")]
    [InlineData(PostgresErrorCodes.InsufficientPrivilege, "refuses a right that is needed: said")]
    public void What_only_a_person_can_mend_is_another_matter(string code, string reason)
    {
        var e = PostgresErrors.Of(new PostgresException("said", "FATAL", "FATAL", code), "p");
        Assert.Equal(typeof(StoreException), e.GetType());
        Assert.Equal($"p {reason}", e.Message);
    }

    [Fact]
    public void Timeouts_are_short_unless_the_connection_string_says_otherwise()
    {
        var settings = new NpgsqlConnectionStringBuilder(new PostgresSettings("Host=a,b;Database=d;Password=secret").ConnectionString);
        Assert.Equal((4, 5, -1, true, 10, "primary"), Of(settings));
        Assert.Equal("postgres:a,b/d", new PostgresSettings("Host=a,b;Database=d;Password=secret").Name);

        var said = "Host=a;Timeout=7;Command Timeout=8;Cancellation Timeout=9;Maximum Pool Size=11;Tcp Keepalive=false;Gss Encryption Mode=Prefer;Target Session Attributes=any";
        settings = new(new PostgresSettings(said).ConnectionString);
        Assert.Equal((7, 8, 9, false, 11, "any"), Of(settings));
        Assert.Equal(GssEncryptionMode.Prefer, settings.GssEncryptionMode);
        Assert.Null(new NpgsqlConnectionStringBuilder(new PostgresSettings("Host=a").ConnectionString).TargetSessionAttributes);
    }

    private static (int, int, int, bool, int, string?) Of(NpgsqlConnectionStringBuilder settings) =>
        (settings.Timeout, settings.CommandTimeout, settings.CancellationTimeout, settings.TcpKeepAlive, settings.MaxPoolSize, settings.TargetSessionAttributes);

    private static async Task DeadAsync(string settings, TimeSpan poll, TimeSpan most)
    {
        await using var database = await PostgresDatabase.NewAsync();
        await using var relay = new CuttableRelay(database.Port).Listen();
        var state = await (await database.OpenAsync()).ReadAsync(StoreState.Empty, Cancellation);
        var name = $"dead{poll.TotalMilliseconds}";
        var store = database.New(database.Through(Host(relay.Port), $"{settings};Application Name={name}"), poll);
        var waiting = store.WaitForChangeAsync(0, Cancellation);
        await ListensAsync(database, name);

        relay.Freeze();
        var watch = Stopwatch.StartNew();

        await Assert.ThrowsAsync<StoreUnavailableException>(() => waiting.WaitAsync(TimeSpan.FromMinutes(1), Cancellation));
        Assert.True(watch.Elapsed < most, $"{watch.Elapsed}");
        watch.Restart();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => store.ReadAsync(state, Cancellation));
        Assert.True(watch.Elapsed < most, $"{watch.Elapsed}");
        relay.Thaw();
        await Eventually.IsAsync("it is used again", async () => await CanWriteAsync(store, state), s_patience, Cancellation);
    }

    private static Task ListensAsync(PostgresDatabase database, string name)
    {
        var asked = $"SELECT query FROM pg_stat_activity WHERE application_name = '{name}' AND query LIKE '%pg_is_in_recovery%'";
        return Eventually.IsAsync("it listens", async () => await database.AskAsync(asked) is not null, s_patience, Cancellation);
    }

    private static async Task<bool> CanWriteAsync(PostgresStore store, StoreState state)
    {
        try
        {
            return await store.TryWriteAsync(Some.Write(state, Some.Put(Some.OwnerItem())), Cancellation);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
    }

    private static string Host(int port) => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
}
