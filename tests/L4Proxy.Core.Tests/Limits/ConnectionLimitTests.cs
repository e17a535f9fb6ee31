using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Timing;
using L4Proxy.Limits;

namespace L4Proxy.Core.Tests.Limits;

public class ConnectionLimitTests
{
    private static readonly IPAddress s_one = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress s_other = IPAddress.Parse("192.0.2.2");

    private readonly ManualTimeProvider _time = new();

    private ConnectionLimit Limit(L4Limits config, ConnectionLimit? before = null) => ConnectionLimit.Create(config, before, _time)!;

    private static int CountAdmitted(ConnectionLimit limit, IPAddress? client, int tries) => Enumerable.Range(0, tries).Count(_ => limit.TryEnter(client) == L4EndReason.None);

    [Fact]
    public void Where_nothing_is_limited_nothing_is_counted()
    {
        Assert.Null(ConnectionLimit.Create(null, null, _time));
        Assert.Null(ConnectionLimit.Create(new() { MaxSessions = 5 }, null, _time));
    }

    [Fact]
    public void Of_all_clients_together_there_are_so_many_and_who_leaves_makes_room()
    {
        var limit = Limit(new() { MaxConnections = 3 });
        Assert.Equal(2, CountAdmitted(limit, s_one, 2));
        Assert.Equal(1, CountAdmitted(limit, client: null, 5));
        Assert.Equal(L4EndReason.ConnectionLimitReached, limit.TryEnter(s_other));
        limit.Leave(s_one);
        Assert.Equal(1, CountAdmitted(limit, s_other, 5));
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.1", "::1", false)]
    [InlineData("192.0.2.1", null, false)]
    public void One_client_is_an_address_or_what_a_subscriber_has_of_IPv6(string first, string? second, bool isSame)
    {
        var limit = Limit(new() { MaxConnectionsPerClient = 2 });
        Assert.Equal(2, CountAdmitted(limit, IPAddress.Parse(first), 3));
        Assert.Equal(isSame ? L4EndReason.ClientLimitReached : L4EndReason.None, limit.TryEnter(second is null ? null : IPAddress.Parse(second)));
    }

    [Fact]
    public void Whom_one_limit_refuses_counts_against_no_other()
    {
        var limit = Limit(new() { MaxConnections = 2, MaxConnectionsPerClient = 1, ConnectionRate = new() { Permits = 2 } });
        Assert.Equal(1, CountAdmitted(limit, s_one, 10));
        Assert.Equal(L4EndReason.None, limit.TryEnter(s_other));
        limit.Leave(s_one);
        Assert.Equal(L4EndReason.ConnectionRateReached, limit.TryEnter(s_one));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(L4EndReason.None, limit.TryEnter(s_one));
    }

    [Fact]
    public void A_rate_lets_a_burst_in_and_then_so_many_in_each_window()
    {
        var limit = Limit(new() { ConnectionRate = new() { Permits = 10, Window = TimeSpan.FromSeconds(1), Burst = 25 } });
        Assert.Equal(25, CountAdmitted(limit, s_one, 100));
        Assert.Equal(0, CountAdmitted(limit, s_other, 100));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(5, CountAdmitted(limit, s_one, 100));
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(25, CountAdmitted(limit, s_one, 100));
    }

    [Fact]
    public void A_rate_of_each_client_leaves_the_others_alone()
    {
        var limit = Limit(new() { ConnectionRate = new() { Permits = 3, PerClient = true } });
        Assert.Equal(3, CountAdmitted(limit, s_one, 100));
        Assert.Equal(3, CountAdmitted(limit, s_other, 100));
    }

    [Fact]
    public void A_reload_changes_the_numbers_and_keeps_the_counts()
    {
        var before = Limit(new() { MaxConnections = 3 });
        CountAdmitted(before, s_one, 3);
        var after = Limit(new() { MaxConnectionsPerClient = 2, MaxConnections = 5 }, before);
        Assert.Equal(L4EndReason.ClientLimitReached, after.TryEnter(s_one));
        Assert.Equal(2, CountAdmitted(after, s_other, 5));
        before.Leave(s_one);
        before.Leave(s_one);
        Assert.Equal(1, CountAdmitted(after, s_one, 5));
    }

    [Fact]
    public void After_a_reload_a_rate_holds_nobody_to_the_one_before()
    {
        var before = Limit(new() { ConnectionRate = new() { Permits = 1, Window = TimeSpan.FromHours(1), Burst = 10 } });
        Assert.Equal(10, CountAdmitted(before, s_one, 20));
        var after = Limit(new() { ConnectionRate = new() { Permits = 10, Window = TimeSpan.FromSeconds(1) } }, before);
        Assert.Equal(0, CountAdmitted(after, s_one, 20));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(5, CountAdmitted(after, s_one, 20));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, CountAdmitted(after, s_one, 20));
    }

    [Fact]
    public void The_largest_burst_of_the_slowest_rate_is_let_in()
    {
        var limit = Limit(new() { ConnectionRate = new() { Permits = 1, Window = TimeSpan.FromDays(1), Burst = 10_000_000 } });
        Assert.Equal(1000, CountAdmitted(limit, s_one, 1000));
    }

    [Fact]
    public void A_flood_of_addresses_takes_no_more_than_so_many_buckets()
    {
        var buckets = new RateBuckets();
        for (var i = 0; i < 3 * RateBuckets.Most; i++)
            Assert.True(buckets.TryTake(ClientNetwork.Of(new IPAddress(i)), interval: 1_000_000, burst: 1, now: i));
        Assert.InRange(buckets.Count, RateBuckets.Most / 2, RateBuckets.Most);
        // Those of whom nothing is held make room.
        Assert.True(buckets.TryTake(ClientNetwork.Of(s_one), interval: 1, burst: 1, now: 10_000_000));
        Assert.InRange(buckets.Count, 1, RateBuckets.Most);
    }

    [Fact]
    public void Who_chooses_addresses_does_not_choose_where_they_are_kept()
    {
        // Of each the halves make the same when they are put together.
        var clients = Enumerable.Range(0, 10_000).Select(i => ClientNetwork.Of(IPAddress.Parse($"2001:{i:x}:2001:{i:x}::1"))).ToList();
        Assert.InRange(clients.Select(client => client.GetHashCode()).Distinct().Count(), 9_900, 10_000);
        Assert.All(clients.CountBy(client => client.Part(16)), part => Assert.InRange(part.Value, 300, 1200));
    }

    [Fact]
    public void Clients_that_have_left_are_forgotten()
    {
        var counts = new ClientCounts();
        for (var i = 0; i < 1000; i++)
            Assert.True(counts.TryEnter(ClientNetwork.Of(new IPAddress(i)), limit: 1));
        Assert.Equal(1000, counts.Clients);
        for (var i = 0; i < 1000; i++)
            counts.Leave(ClientNetwork.Of(new IPAddress(i)));
        Assert.Equal(0, counts.Clients);
    }

    [Fact]
    public void From_many_threads_no_more_get_in_and_none_is_lost()
    {
        var limit = Limit(new() { MaxConnections = 100, MaxConnectionsPerClient = 40 });
        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                var client = i % 2 == 0 ? s_one : s_other;
                if (limit.TryEnter(client) == L4EndReason.None)
                    limit.Leave(client);
            }
        });
        Assert.Equal(40, CountAdmitted(limit, s_one, 200));
        Assert.Equal(40, CountAdmitted(limit, s_other, 200));
        Assert.Equal(20, CountAdmitted(limit, client: null, 200));
    }
}
