using L4Proxy.Destinations.Services;

namespace L4Proxy.Core.Tests.Destinations.Services;

public class ServiceTargetsTests
{
    private readonly Random _random = new(14);

    private static ServiceTargets Targets(params (int Priority, int Weight)[] hosts) =>
        ServiceTargets.Following(null, [.. hosts.Select((host, i) => new ServiceHost($"{(char)('a' + i)}", 80, host.Priority, host.Weight))])!;

    private string Draw(ServiceTargets targets, long now = 0, int most = 64) =>
        string.Concat(targets.Draw(_random, now, most).Select(target => target.Host.Host));

    [Fact]
    public void A_lower_priority_comes_first_and_each_host_once()
    {
        var targets = Targets((20, 5), (10, 5), (30, 0), (20, 1), (10, 0));
        for (var i = 0; i < 1000; i++)
        {
            var drawn = Draw(targets);
            Assert.Equal("be", string.Concat(drawn[..2].Order()));
            Assert.Equal("ad", string.Concat(drawn[2..4].Order()));
            Assert.Equal('c', Assert.Single(drawn[4..]));
        }
    }

    [Fact]
    public void Each_connection_draws_anew_by_weight()
    {
        var targets = Targets((1, 60), (1, 30), (1, 10), (1, 0));
        var first = Enumerable.Range(0, 10_100).Select(_ => Draw(targets)[0]).CountBy(host => host).ToDictionary();
        // As RFC 2782 draws: of 0 to 100 each number is as likely, and 0 is the one of the weight 0.
        Assert.InRange(first['a'], 5_800, 6_200);
        Assert.InRange(first['b'], 2_800, 3_200);
        Assert.InRange(first['c'], 870, 1_130);
        Assert.InRange(first['d'], 60, 145);
    }

    [Fact]
    public void Behind_the_first_the_others_are_drawn_by_weight_too()
    {
        var targets = Targets((1, 2), (1, 2), (1, 1));
        var second = Enumerable.Range(0, 10_000).Select(_ => Draw(targets)).Where(drawn => drawn[0] == 'a').CountBy(drawn => drawn[1]).ToDictionary();
        // 0 to 3: the weight of 1 comes first and has 0 and 1.
        Assert.InRange((double)second['b'] / (second['b'] + second['c']), 0.45, 0.55);
    }

    [Fact]
    public void Without_weights_all_are_as_likely()
    {
        var targets = Targets((1, 0), (1, 0));
        Assert.InRange(Enumerable.Range(0, 10_000).Count(_ => Draw(targets) == "ab"), 4_700, 5_300);
    }

    [Fact]
    public void What_was_not_there_lately_comes_behind_all_others_for_a_while()
    {
        var targets = Targets((10, 1), (20, 1), (20, 1000));
        targets.All.Single(target => target.Host.Host == "a").Refusals.TryNote(now: 5_000);
        targets.All.Single(target => target.Host.Host == "c").Refusals.TryNote(now: 5_000);
        Assert.Equal("bac", Draw(targets, now: 5_999));
        Assert.StartsWith("a", Draw(targets, now: 6_000), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lookup_that_finds_the_same_host_again_forgets_nothing_of_it()
    {
        var before = ServiceTargets.Following(null, [new("a.test", 80, 10, 1), new("b.test", 80, 10, 1)])!;
        before.All[0].Refusals.TryNote(now: 0);
        var after = ServiceTargets.Following(before, [new("A.test", 80, 20, 3), new("b.test", 81, 10, 1), new("a.test", 80, 30, 3)])!;
        Assert.Equal([new("b.test", 81, 10, 1), new ServiceHost("A.test", 80, 20, 3)], after.All.Select(target => target.Host));
        Assert.Equal([false, true], after.All.Select(target => target.IsRefusing(now: 1)));
    }

    [Fact]
    public void Of_a_host_that_is_there_twice_the_lowest_priority_counts()
    {
        ServiceHost low = new("a.test", 80, 10, 1), high = new("a.test", 80, 20, 1);
        Assert.Equal(low, Assert.Single(ServiceTargets.Following(null, [low, high])!.All).Host);
        Assert.Equal(low, Assert.Single(ServiceTargets.Following(null, [high, low])!.All).Host);
    }

    [Fact]
    public void There_is_a_bound_and_the_first_priorities_stay_within_it()
    {
        var hosts = Enumerable.Range(0, 1000).Select(i => new ServiceHost($"h{i}", 80, 1000 - i, 1)).ToList();
        var targets = ServiceTargets.Following(null, hosts)!;
        Assert.Equal(64, targets.All.Count);
        Assert.Equal("h999h998h997", Draw(targets, most: 3));
        Assert.Null(ServiceTargets.Following(targets, []));
    }
}
