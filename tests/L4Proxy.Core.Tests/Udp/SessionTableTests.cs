using L4Proxy.Core.Tests.House;
using L4Proxy.Timing;
using L4Proxy.Udp;
using static L4Proxy.Core.Tests.Udp.TestSession;

namespace L4Proxy.Core.Tests.Udp;

public class SessionTableTests
{
    private readonly SessionTable<TestSession> _table = new();

    [Fact]
    public void Datagrams_of_one_client_and_local_address_are_one_flow()
    {
        Assert.Null(_table.Find(KeyOf(1), 0));
        var session = Add(KeyOf(1));
        Assert.Same(session, _table.Find(KeyOf(1), 0));
        Assert.Null(_table.Find(KeyOf(1, port: 4001), 0));
        Assert.Null(_table.Find(KeyOf(2), 0));
        Assert.Null(_table.Find(KeyOf(1, local: 2), 0));
    }

    [Fact]
    public void Flow_is_added_once()
    {
        var session = Add(KeyOf(1));
        Assert.Throws<InvalidOperationException>(() => _table.TryAdd(session, 0));
        Assert.False(_table.TryAdd(new TestSession(KeyOf(1)), 0));
        Assert.Equal([session], _table.ToList());
    }

    [Fact]
    public void Flow_is_removed_once()
    {
        var session = Add(KeyOf(1));
        Assert.True(_table.Remove(session));
        Assert.False(_table.Remove(session));
        Assert.Null(_table.Find(KeyOf(1), 0));
        Assert.Equal(0, _table.Count);
        Assert.True(_table.TryAdd(session, 0));
    }

    [Fact]
    public void Flow_expires_after_its_idle_timeout_and_not_at_it()
    {
        var session = Add(KeyOf(1), now: 50);
        Assert.Empty(Expire(1050));
        Assert.Equal([session], Expire(1051));
        Assert.Empty(Expire(1052));
    }

    [Fact]
    public void Datagrams_of_either_side_put_it_off()
    {
        var session = Add(KeyOf(1));
        for (var now = 0; now < 10_000; now += 1000)
        {
            Assert.Empty(Expire(now));
            if (now % 2000 == 0)
                Assert.False(_table.Reply(session, now));
            else
                Assert.NotNull(_table.Find(KeyOf(1), now));
        }
        Assert.Equal([session], Expire(10_001));
    }

    [Fact]
    public void Each_flow_has_a_timeout_of_its_own()
    {
        var longest = Add(KeyOf(1), timeout: 10_000);
        var shortest = Add(KeyOf(2), timeout: 1);
        var never = Add(KeyOf(3), timeout: UdpTimeouts.Never);
        var middle = Add(KeyOf(4), timeout: 5_000);
        Assert.Equal([shortest], Expire(2));
        Assert.Equal([middle], Expire(5_001));
        Assert.Equal([longest], Expire(10_001));
        Assert.Empty(Expire(long.MaxValue));
        Assert.Equal([never], _table.ToList());
    }

    [Fact]
    public void Least_recently_active_expires_first()
    {
        var sessions = Enumerable.Range(0, 4).Select(client => Add(KeyOf(client), now: client)).ToList();
        _table.Reply(sessions[0], 10);
        Assert.Equal([sessions[1], sessions[2], sessions[3], sessions[0]], Expire(10_000));
    }

    [Fact]
    public void Expiry_goes_on_where_the_room_ran_out()
    {
        for (var client = 0; client < 10; client++)
            Add(KeyOf(client), timeout: client % 3);
        var expired = new TestSession?[4];
        Assert.Equal(4, _table.ExpireIdle(100, expired));
        Assert.Equal(4, _table.ExpireIdle(100, expired));
        Assert.Equal(2, _table.ExpireIdle(100, expired));
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Time_that_goes_back_stands_still()
    {
        var session = Add(KeyOf(1), now: 5000);
        Assert.Empty(Expire(0));
        Assert.False(_table.Reply(session, 100));
        Assert.Equal(5000, session.LastActive);
        Assert.Equal([session], Expire(6001));
    }

    [Fact]
    public void Flow_that_has_all_its_replies_is_over()
    {
        var session = Add(KeyOf(1), responses: 2);
        Assert.False(_table.Reply(session, 0));
        Assert.True(_table.Reply(session, 0));
        Assert.False(_table.Reply(session, 0));
        Assert.Equal(0, _table.Count);
    }

    /// <summary>A resolver asks for A and AAAA from one port: the first answer must not cut off the second.</summary>
    [Fact]
    public void Each_of_the_clients_datagrams_awaits_its_replies()
    {
        var session = Add(KeyOf(1), responses: 1);
        _table.Find(KeyOf(1), 0);
        Assert.False(_table.Reply(session, 0));
        _table.Find(KeyOf(1), 0);
        Assert.False(_table.Reply(session, 0));
        Assert.True(_table.Reply(session, 0));
    }

    [Fact]
    public void Flow_without_that_end_has_as_many_replies_as_come()
    {
        var session = Add(KeyOf(1));
        for (var i = 0; i < 1000; i++)
            Assert.False(_table.Reply(session, i));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void Flows_of_one_client_address_share_a_destination_while_one_of_them_lives()
    {
        var first = Add(KeyOf(1, port: 1), scope: "cluster");
        var second = Add(KeyOf(1, port: 2), scope: "cluster");
        Assert.Same(first.Affinity, second.Affinity);
        Assert.Null(first.Affinity!.Target);
        Assert.Equal("a", first.Affinity.Claim("a"));
        Assert.Equal("a", second.Affinity!.Claim("b"));
        _table.Remove(first);
        var third = Add(KeyOf(1, port: 3), scope: "cluster");
        Assert.Equal("a", third.Affinity!.Claim("c"));
        _table.Remove(second);
        _table.Remove(third);
        Assert.Equal("d", Add(KeyOf(1, port: 4), scope: "cluster").Affinity!.Claim("d"));
    }

    [Fact]
    public void Other_clients_and_other_clusters_go_their_own_way()
    {
        var one = Add(KeyOf(1), scope: "cluster");
        Assert.NotSame(one.Affinity, Add(KeyOf(2), scope: "cluster").Affinity);
        Assert.NotSame(one.Affinity, Add(KeyOf(1, port: 2), scope: "other").Affinity);
        Assert.Null(Add(KeyOf(1, port: 3)).Affinity);
    }

    [Fact]
    public void Destination_that_is_of_no_use_is_replaced_once_for_all()
    {
        var affinity = Add(KeyOf(1), scope: "cluster").Affinity!;
        affinity.Claim("a");
        Assert.Equal("b", affinity.Replace("a", "b"));
        Assert.Equal("b", affinity.Replace("a", "c"));
        Assert.Equal("b", affinity.Target);
    }

    [Fact]
    public void Flood_of_strangers_allocates_nothing()
    {
        var session = Add(KeyOf(0));
        var strange = 0;
        var kept = 0;
        Assert.Equal(0, Allocated.By(() =>
        {
            (strange, kept) = (0, 0);
            for (var i = 1; i <= 20_000; i++)
            {
                strange += _table.Find(KeyOf(i), i) is null ? 1 : 0;
                kept += _table.Find(session.Key, i) is null ? 0 : 1;
                _table.Reply(session, i);
            }
        }));
        Assert.Equal((20_000, 20_000), (strange, kept));
    }

    /// <summary>Every thread does everything at once; of each flow's ends exactly one is told.</summary>
    [Fact]
    public async Task Table_is_safe_from_any_thread()
    {
        var added = 0;
        var ended = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => Work(seed), TestContext.Current.CancellationToken)));
        _table.CheckInvariants();
        Assert.Equal(added - ended, _table.Count);
        Assert.True(ended > 1000);

        void Work(int seed)
        {
            var random = new Random(seed);
            var expired = new TestSession?[3];
            for (var i = 0; i < 50_000; i++)
            {
                var key = KeyOf(random.Next(200));
                if (_table.Find(key, i) is not { } session)
                {
                    session = new TestSession(key, random.Next(500)) { Responses = random.Next(3) == 0 ? 2 : null, AffinityScope = _table };
                    Interlocked.Add(ref added, _table.TryAdd(session, i) ? 1 : 0);
                }
                if (session is null)
                    continue;
                Interlocked.Add(ref ended, _table.Reply(session, i) ? 1 : 0);
                if (random.Next(10) == 0)
                    Interlocked.Add(ref ended, _table.Remove(session) ? 1 : 0);
                if (random.Next(10) == 0)
                    Interlocked.Add(ref ended, _table.ExpireIdle(i, expired));
            }
        }
    }

    private TestSession Add(SessionKey key, long now = 0, long timeout = 1000, int? responses = null, object? scope = null)
    {
        var session = new TestSession(key, timeout) { Responses = responses, AffinityScope = scope };
        Assert.True(_table.TryAdd(session, now));
        _table.CheckInvariants();
        return session;
    }

    private TestSession?[] Expire(long now)
    {
        var expired = new TestSession?[100];
        var count = _table.ExpireIdle(now, expired);
        _table.CheckInvariants();
        return expired[..count];
    }
}
