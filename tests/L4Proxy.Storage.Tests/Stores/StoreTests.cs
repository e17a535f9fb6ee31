using System.Data.Common;
using CsCheck;
using L4Proxy.Storage.Sql;
using L4Proxy.Peers.Tests.Programs;
using L4Proxy.Store;

namespace L4Proxy.Storage.Tests.Stores;

/// <summary>What every store does.</summary>
public abstract class StoreTests
{
    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private protected abstract Task<IDatabase> NewAsync();

    [Fact]
    public async Task A_new_one_is_empty()
    {
        await using var database = await NewAsync();
        var state = await (await database.OpenAsync()).ReadAsync(StoreState.Empty, Cancellation);

        Assert.Equal(0, state.Revision);
        Assert.NotEmpty(state.StoreId);
        Assert.Empty(state.All);
    }

    [Fact]
    public async Task What_is_written_is_read_by_others()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        StoreItem[] items =
        [
            Some.Route("r1", """{"Mode":"L7","Endpoints":["web"]}"""), Some.Route("r2", """{ "mode" : "l4" }"""), Some.OwnerItem(), Some.Endpoint("web", "tcp://*:80-82"),
            Some.Endpoint("sock", "unix:/run/x"),
            Some.Endpoint("any", "udp://127.0.0.1:0"), Some.Endpoint("k", "what"), Some.Cluster("c"), Some.Allocation("p", 10001), Some.Pool("p"),
            Some.Reserved("22"), Some.Reserved("53/udp"),
            Some.Other(StoreKind.Record, "n"), Some.Other(StoreKind.Override, "o"),
        ];

        var empty = await store.ReadAsync(StoreState.Empty, Cancellation);
        Assert.True(await store.TryWriteAsync(Some.Write(empty, Some.Put(items)), Cancellation));

        var read = await (await database.OpenAsync()).ReadAsync(StoreState.Empty, Cancellation);
        Assert.Equal(1, read.Revision);
        Assert.Equal(Some.Lines(empty.After(Some.Put(items), 1)), Some.Lines(read));
        Assert.Equal("3", await database.AskAsync("SELECT CAST(count(*) AS TEXT) FROM listens WHERE protocol = 'tcp' AND address = '*' AND port BETWEEN 80 AND 82 AND endpoint_id = 'web'"));
        Assert.Equal("3", await database.AskAsync("SELECT CAST(count(*) AS TEXT) FROM listens"));
        Assert.Equal("l7", await database.AskAsync("SELECT mode FROM routes WHERE id = 'r1'"));
        Assert.Equal("udp", await database.AskAsync("SELECT protocol FROM reserved_ports WHERE port = 53"));
    }

    [Fact]
    public async Task Who_knows_a_state_reads_only_what_has_changed_since()
    {
        await using var database = await NewAsync();
        var (store, reader) = (await database.OpenAsync(), await database.OpenAsync());
        var state = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation), Some.Put(Some.OwnerItem(), Some.Cluster("a"), Some.Cluster("b"), Some.Cluster("c")));
        var known = await reader.ReadAsync(StoreState.Empty, Cancellation);
        Assert.Same(known, await reader.ReadAsync(known, Cancellation));

        state = await WriteAsync(store, state, [StoreChange.Remove(Some.Cluster("a")), StoreChange.Put(Some.Cluster("b", """{"x":1}"""))]);
        state = await WriteAsync(store, state, Some.Put(Some.Cluster("d")));
        var read = await reader.ReadAsync(known, Cancellation);

        Assert.Equal(Some.Lines(state), Some.Lines(read));
        Assert.Equal(3, read.Revision);
        Assert.Same(known.Find(StoreKind.Cluster, "c"), read.Find(StoreKind.Cluster, "c"));
        // And what is there again is.
        await WriteAsync(store, state, Some.Put(Some.Cluster("a")));
        Assert.Contains("a", (await reader.ReadAsync(known, Cancellation))[StoreKind.Cluster].Keys);
    }

    [Fact]
    public async Task Who_was_away_too_long_reads_everything()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var known = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation), Some.Put(Some.OwnerItem(), Some.Cluster("a"), Some.Cluster("b")));
        var state = await WriteAsync(store, known, [StoreChange.Remove(Some.Cluster("a"))]);
        await database.RunAsync("UPDATE store SET revision = 20000");
        await WriteAsync(store, state.With(20000, [], []), Some.Put(Some.Cluster("c")));

        Assert.Equal("0", await database.AskAsync("SELECT CAST(count(*) AS TEXT) FROM removed"));
        Assert.Equal(["b", "c"], (await store.ReadAsync(known, Cancellation))[StoreKind.Cluster].Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task One_that_was_restored_says_what_it_has()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var before = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation), Some.Put(Some.OwnerItem(), Some.Cluster("a")));
        var known = await WriteAsync(store, before, Some.Put(Some.Cluster("b")));
        await database.RunAsync("DELETE FROM clusters WHERE id = 'b'; UPDATE store SET revision = 1");

        Assert.Equal(Some.Lines(before), Some.Lines(await store.ReadAsync(known, Cancellation)));
    }

    [Fact]
    public async Task A_late_write_and_one_for_another_store_change_nothing()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var empty = await store.ReadAsync(StoreState.Empty, Cancellation);
        var state = await WriteAsync(store, empty, Some.Put(Some.OwnerItem()));

        Assert.False(await store.TryWriteAsync(Some.Write(empty, Some.Put(Some.Cluster("late"))), Cancellation));
        Assert.False(await store.TryWriteAsync(Some.Write(state, Some.Put(Some.Cluster("other"))) with { StoreId = "other" }, Cancellation));
        Assert.True(await store.TryWriteAsync(Some.Write(state, Some.Put(Some.Cluster("any"))) with { StoreId = "" }, Cancellation));

        Assert.Equal(["any"], (await store.ReadAsync(state, Cancellation))[StoreKind.Cluster].Keys);
    }

    [Fact]
    public async Task Of_eight_who_write_at_once_nobody_loses_a_write()
    {
        await using var database = await NewAsync();
        var first = await database.OpenAsync();
        await WriteAsync(first, await first.ReadAsync(StoreState.Empty, Cancellation), Some.Put(Some.OwnerItem(), Some.Cluster("n", """{"n":0}""")));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(CountAsync, Cancellation)));

        var state = await first.ReadAsync(StoreState.Empty, Cancellation);
        Assert.Equal(401, state.Revision);
        Assert.Equal("""{"n":400}""", state.Find(StoreKind.Cluster, "n")!.Body);

        async Task CountAsync()
        {
            var store = await database.OpenAsync();
            var state = StoreState.Empty;
            for (var written = 0; written < 50;)
            {
                state = await store.ReadAsync(state, Cancellation);
                var n = int.Parse(state.Find(StoreKind.Cluster, "n")!.Body[5..^1], System.Globalization.CultureInfo.InvariantCulture);
                if (await store.TryWriteAsync(Some.Write(state, Some.Put(Some.Cluster("n", $$"""{"n":{{n + 1}}}"""))), Cancellation))
                    written++;
            }
        }
    }

    [Theory]
    [Trait("Row", "D1")]
    [InlineData("INSERT INTO routes (id, owner, body, revision, mode) VALUES ('x', 'ann', '{}', 1, 'l9')")]
    [InlineData("INSERT INTO routes (id, owner, body, revision, mode) VALUES ('x', 'ann', '[]', 1, 'l4')")]
    [InlineData("INSERT INTO routes (id, owner, body, revision, mode) VALUES ('x', 'ann', '{', 1, 'l4')")]
    [InlineData("INSERT INTO routes (id, owner, body, revision, mode) VALUES ('x', 'nobody', '{}', 1, 'l4')")]
    [InlineData("INSERT INTO listens (protocol, address, port, endpoint_id) VALUES ('tcp', '*', 70000, 'web')")]
    [InlineData("INSERT INTO listens (protocol, address, port, endpoint_id) VALUES ('tcp', '*', 0, 'web')")]
    [InlineData("INSERT INTO listens (protocol, address, port, endpoint_id) VALUES ('sctp', '*', 81, 'web')")]
    [InlineData("INSERT INTO listens (protocol, address, port, endpoint_id) VALUES ('tcp', '*', 80, 'web')")]
    [InlineData("INSERT INTO listens (protocol, address, port, endpoint_id) VALUES ('tcp', '*', 81, 'none')")]
    [InlineData("INSERT INTO reserved_ports (id, owner, body, revision, port) VALUES ('70000', 'ann', '{}', 1, 70000)")]
    [InlineData("INSERT INTO allocations (id, owner, body, revision, pool, protocol, port) VALUES ('q:1', 'ann', '{}', 1, 'q', 'tcp', 1)")]
    [InlineData("INSERT INTO allocations (id, owner, body, revision, pool, protocol, port) VALUES ('p:70000', 'ann', '{}', 1, 'p', 'tcp', 70000)")]
    [InlineData("INSERT INTO allocations (id, owner, body, revision, pool, protocol, port) VALUES ('other', 'ann', '{}', 1, 'p', 'tcp', 10001)")]
    [InlineData("INSERT INTO pools (id, owner, body, revision, protocol, ports) VALUES ('q', 'ann', '{}', 1, 'ip', '1-2')")]
    [InlineData("INSERT INTO owners (id, owner, body, revision) VALUES ('bob', 'ann', '{}', 1)")]
    [InlineData("DELETE FROM owners")]
    [InlineData("DELETE FROM pools")]
    [InlineData("INSERT INTO store (one, id, revision) VALUES (2, 'x', 1)")]
    public async Task The_database_refuses_what_no_gateway_would_write(string sql)
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var empty = await store.ReadAsync(StoreState.Empty, Cancellation);
        await WriteAsync(store, empty, Some.Put(Some.OwnerItem(), Some.Endpoint("web", "tcp://*:80"), Some.Pool("p"), Some.Allocation("p", 10001)));

        await Assert.ThrowsAnyAsync<DbException>(() => database.RunAsync(sql));
    }

    [Fact]
    public async Task What_clashes_is_named_and_nothing_is_changed()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var state = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation),
            Some.Put(Some.OwnerItem(), Some.Endpoint("web", "tcp://*:80"), Some.Pool("p"), Some.Pool("q"), Some.Allocation("p", 10001)));

        await RefusesAsync("tcp://*:80 of endpoint 'web2' is endpoint 'web''s already.", Some.Put(Some.Endpoint("web2", "tls://*:70-90")));
        await RefusesAsync("tcp://*:99 of endpoint 'y' is endpoint 'x''s already.", Some.Put(Some.Endpoint("x", "tcp://*:99"), Some.Endpoint("y", "tcp://*:99")));
        await RefusesAsync("Port 10001 of tcp was given out as 'p:10001' already, and cannot be as 'q:10001'.", Some.Put(Some.Allocation("q", 10001)));
        await RefusesAsync("Allocation 'no:10002' is of pool 'no', which would not be there.", Some.Put(Some.Allocation("no", 10002)));
        await RefusesAsync("Allocation 'p:10001' is of pool 'p', which would not be there.", [StoreChange.Remove(Some.Pool("p"))]);
        await RefusesAsync("Cluster 'c' is of owner 'bob', who would not be there.", Some.Put(Some.Cluster("c", owner: "bob")));
        await RefusesAsync("Owner 'bob' must be its own, and not that of 'ann'.", Some.Put(new StoreItem(StoreKind.Owner, "bob", "ann", "{}")));
        await RefusesAsync("is of owner 'ann', who would not be there.", [StoreChange.Remove(Some.OwnerItem())]);
        await RefusesAsync("mode", Some.Put(Some.Route("r", """{"Mode":"l9"}""")));
        await RefusesAsync("The body of cluster 'c' is no JSON object.", Some.Put(Some.Cluster("c", "[]")));
        await RefusesAsync("The body of cluster 'c' is no JSON:", Some.Put(Some.Cluster("c", "{")));
        await RefusesAsync("70000 of reserved port '70000' is no port: 1 to 65535.", Some.Put(Some.Reserved("70000")));
        await RefusesAsync("The allocation of port 5 of pool 'p' must have the id 'p:5', not 'x'.",
            Some.Put(new StoreItem(StoreKind.Allocation, "x", "ann", """{"pool":"p","protocol":"tcp","port":5}""")));
        await RefusesAsync("The body of pool 'z' has no 'ports'.", Some.Put(new StoreItem(StoreKind.Pool, "z", "ann", """{"protocol":"tcp"}""")));

        async Task RefusesAsync(string reason, StoreChange[] changes)
        {
            // Beside much that is right.
            var all = Enumerable.Range(0, 20).Select(n => StoreChange.Put(Some.Cluster($"good{n}"))).Concat(changes);
            var e = await Assert.ThrowsAsync<StoreException>(() => store.TryWriteAsync(Some.Write(state, all), Cancellation));
            Assert.Contains(reason, e.Message, StringComparison.Ordinal);
            Assert.Same(state, await store.ReadAsync(state, Cancellation));
            Assert.Single(await store.ReadAuditAsync(10, Cancellation));
        }
    }

    [Fact]
    public async Task Any_order_of_changes_is_right()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var state = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation), Some.Put(
            Some.Allocation("p", 10001), Some.Allocation("q", 10001, "udp"), Some.Pool("p"), Some.Pool("q", "udp"), Some.Endpoint("a", "tcp://*:80"),
            Some.Endpoint("b", "tcp://*:81"), Some.Cluster("c"), Some.OwnerItem()));

        // Two swap what is unique, and an owner goes whose things another one gets.
        state = await WriteAsync(store, state, Some.Put(
            Some.Allocation("q", 10001), Some.Allocation("p", 10001, "udp"), Some.Pool("p", "udp"), Some.Pool("q"), Some.Endpoint("a", "tcp://*:81"), Some.Endpoint("b", "tcp://*:80")));
        state = await WriteAsync(store, state, [StoreChange.Remove(Some.Endpoint("a", "")), StoreChange.Put(Some.Endpoint("c", "tcp://*:81"))]);
        string[] gone = ["p:10001", "q:10001"];
        state = await WriteAsync(store, state,
        [
            StoreChange.Remove(Some.OwnerItem()), .. state.All.Where(item => item.Kind != StoreKind.Owner && !gone.Contains(item.Id))
                .Select(item => StoreChange.Put(new StoreItem(item.Kind, item.Id, "bob", item.Body))),
            .. gone.Select(id => StoreChange.Remove(state.Find(StoreKind.Allocation, id)!)), StoreChange.Put(Some.OwnerItem("bob")),
        ]);
        state = await WriteAsync(store, state, [.. state.All.Select(StoreChange.Remove)]);

        Assert.Empty(state.All);
        Assert.Equal("0", await database.AskAsync("SELECT CAST(count(*) AS TEXT) FROM listens"));
    }

    [Fact]
    public async Task The_audit_names_who_and_what_the_newest_first()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var state = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation), Some.Put(Some.OwnerItem(), Some.Cluster("a")));
        state = await WriteAsync(store, state, [StoreChange.Remove(Some.Cluster("a"))]);

        var audit = await store.ReadAuditAsync(10, Cancellation);
        Assert.Equal([2L, 1L], audit.Select(entry => entry.Revision));
        Assert.Equal(["-cluster/a"], audit[0].Items);
        Assert.Equal(["owner/ann", "cluster/a"], audit[1].Items);
        Assert.Equal((Some.Owner, "PUT /x", DateTimeOffset.UnixEpoch.AddTicks(1234567)), (audit[0].Actor, audit[0].Action, audit[0].At));
        Assert.Equal(2, Assert.Single(await store.ReadAuditAsync(1, Cancellation)).Revision);

        await database.RunAsync("UPDATE store SET revision = 10001");
        await WriteAsync(store, state.With(10001, [], []), Some.Put(Some.Cluster("b")));
        Assert.Equal([10002L], (await store.ReadAuditAsync(10, Cancellation)).Select(entry => entry.Revision));
    }

    [Fact]
    public async Task Ten_thousand_routes_are_written_and_read()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var empty = await store.ReadAsync(StoreState.Empty, Cancellation);
        var routes = Enumerable.Range(0, 10_000).Select(n => Some.Route($"route-{n}", $$"""{"Endpoints":["web"],"Match":{"Sni":["host-{{n}}.example.com"]},"ClusterId":"cluster-{{n}}"}"""));
        var watch = System.Diagnostics.Stopwatch.StartNew();

        var state = await WriteAsync(store, empty, Some.Put([Some.OwnerItem(), .. routes]));
        TestContext.Current.TestOutputHelper?.WriteLine($"written and read: {watch.Elapsed}");

        Assert.Equal(10_000, state[StoreKind.Route].Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    [Fact]
    public async Task A_change_of_another_process_is_noticed()
    {
        await using var database = await NewAsync();
        var (store, follower) = (await database.OpenAsync(), await database.OpenAsync());
        var state = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation), Some.Put(Some.OwnerItem()));

        await follower.WaitForChangeAsync(0, Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        await follower.WaitForChangeAsync(5, Cancellation).WaitAsync(TimeSpan.FromSeconds(10), Cancellation);
        var change = follower.WaitForChangeAsync(1, Cancellation);
        await WriteAsync(store, state, Some.Put(Some.Cluster("a")));
        await change.WaitAsync(TimeSpan.FromSeconds(10), Cancellation);

        using var stop = new CancellationTokenSource();
        var endless = follower.WaitForChangeAsync(2, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => endless);
    }

    [Fact]
    public async Task Eight_gateways_that_start_at_once_make_it_once()
    {
        await using var database = await NewAsync();

        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => database.OpenAsync(), Cancellation)));

        var states = await Task.WhenAll(stores.Select(store => store.ReadAsync(StoreState.Empty, Cancellation)));
        Assert.Single(states.Select(state => state.StoreId).Distinct());
        Assert.Equal("0001-store", await database.AskAsync("SELECT name FROM migrations"));
    }

    [Fact]
    public async Task An_older_one_is_brought_up_to_date_and_then_refused_by_the_older_version()
    {
        await using var database = await NewAsync();
        var store = await database.OpenAsync();
        var state = await WriteAsync(store, await store.ReadAsync(StoreState.Empty, Cancellation), Some.Put(Some.OwnerItem()));

        var newer = await database.OpenAsync(("0002-more", "CREATE TABLE more (id TEXT)"));
        Assert.Equal(Some.Lines(state), Some.Lines(await newer.ReadAsync(StoreState.Empty, Cancellation)));

        var e = await Assert.ThrowsAsync<StoreException>(() => database.OpenAsync());
        Assert.Contains("was written by a newer version of L4Proxy: it has had migration '0002-more', and this version's last one is '0001-store'", e.Message, StringComparison.Ordinal);
        await database.OpenAsync(("0002-more", ""));
    }

    [Fact]
    public async Task What_cannot_be_brought_up_to_date_stays_as_it_was()
    {
        await using var database = await NewAsync();
        await Assert.ThrowsAsync<StoreException>(() => database.OpenAsync(("0002-more", "CREATE TABLE more (id TEXT); INSERT INTO none VALUES (1)")));
        await Assert.ThrowsAnyAsync<DbException>(() => database.AskAsync("SELECT name FROM migrations"));

        await database.OpenAsync();
        await Assert.ThrowsAsync<StoreException>(() => database.OpenAsync(("0002-more", "CREATE TABLE more (id TEXT); INSERT INTO none VALUES (1)")));
        Assert.Equal("0001-store", await database.AskAsync("SELECT name FROM migrations"));
        await Assert.ThrowsAnyAsync<DbException>(() => database.AskAsync("SELECT id FROM more"));
    }

    /// <summary>What comes of random changes is what <see cref="StoreState.After"/> says, whoever reads it and from whatever they knew before.</summary>
    [Fact]
    public async Task It_has_what_a_state_in_memory_has()
    {
        await using var database = await NewAsync();
        var (store, reader) = (await database.OpenAsync(), await database.OpenAsync());
        var (state, known) = (await store.ReadAsync(StoreState.Empty, Cancellation), StoreState.Empty);

        var kind = Gen.OneOf(StoreKind.Cluster, StoreKind.Record, StoreKind.Override, StoreKind.Owner);
        var change = Gen.Select(kind, Gen.Int[0, 4], Gen.Int[0, 2], Gen.Bool, Gen.String);
        var rounds = new List<((StoreKind, int, int, bool, string)[] Changes, bool Reads)>();
        Gen.Select(change.Array[0, 6], Gen.Bool).Sample(rounds.Add, iter: Soak.IsOn ? 2000 : 60, threads: 1);
        foreach (var (changes, reads) in rounds)
        {
            var items = changes.Select(c => ChangeOf(c.Item1, c.Item2, c.Item3, c.Item4, c.Item5)).DistinctBy(c => (c.Kind, c.Id)).ToList();
            var after = state.After(items, state.Revision + 1);
            if (Clashes.In(after) is not null)
                await Assert.ThrowsAsync<StoreException>(() => store.TryWriteAsync(Some.Write(state, items), Cancellation));
            else if (await store.TryWriteAsync(Some.Write(state, items), Cancellation))
                state = after;
            if (!reads)
                continue;
            known = await reader.ReadAsync(known, Cancellation);
            Assert.Equal(state.Revision, known.Revision);
            Assert.Equal(Some.Lines(state), Some.Lines(known));
        }
        Assert.Equal(Some.Lines(state), Some.Lines(await reader.ReadAsync(StoreState.Empty, Cancellation)));
    }

    private static StoreChange ChangeOf(StoreKind kind, int id, int owner, bool isRemoved, string text)
    {
        var name = kind == StoreKind.Owner ? $"o{id % 3}" : $"i{id}";
        var body = System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = text });
        var item = new StoreItem(kind, name, kind == StoreKind.Owner ? name : $"o{owner}", body);
        return isRemoved ? StoreChange.Remove(item) : StoreChange.Put(item);
    }

    private static async Task<StoreState> WriteAsync(IL4Store store, StoreState before, StoreChange[] changes)
    {
        Assert.True(await store.TryWriteAsync(Some.Write(before, changes), Cancellation));
        var state = await store.ReadAsync(before, Cancellation);
        Assert.Equal(Some.Lines(before.After(changes, before.Revision + 1)), Some.Lines(state));
        return state;
    }
}
