using System.Net.Sockets;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Limits;

namespace L4Proxy.Core.Tests.Limits;

public class DescriptorBudgetTests
{
    private static CancellationToken Never => CancellationToken.None;

    [Fact]
    public async Task A_raised_limit_wakes_who_waits()
    {
        using var budget = Budgets.Endless();
        budget.SetMaxConnections(10);
        Take(budget, 10);
        var waiting = budget.WaitForRoomAsync(proxied: true, Never).AsTask();
        Assert.False(waiting.IsCompleted);
        budget.SetMaxConnections(11);
        await waiting.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Each_connection_that_ends_makes_room_for_one_in_the_order_of_their_coming()
    {
        using var budget = Budgets.Of(200);
        Take(budget, 100);
        var waiting = Enumerable.Range(0, 3).Select(_ => budget.WaitForRoomAsync(proxied: true, Never).AsTask()).ToList();
        Assert.All(waiting, wait => Assert.False(wait.IsCompleted));
        foreach (var next in waiting)
        {
            budget.ReleaseConnection();
            await next.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
            budget.TakeConnection();
            budget.WakeNext();
            Assert.All(waiting.SkipWhile(wait => wait != next).Skip(1), wait => Assert.False(wait.IsCompleted));
        }
    }

    [Fact]
    public async Task Who_gives_up_does_not_keep_the_room_that_was_meant_for_him()
    {
        using var budget = Budgets.Of(200);
        Take(budget, 100);
        using var closing = new CancellationTokenSource();
        var first = budget.WaitForRoomAsync(proxied: true, closing.Token).AsTask();
        var second = budget.WaitForRoomAsync(proxied: true, Never).AsTask();
        await closing.CancelAsync();
        await first.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        budget.ReleaseConnection();
        await second.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void What_is_drawn_for_anything_is_missing_for_connections()
    {
        using var budget = Budgets.Of(200);
        budget.Take(100);
        Take(budget, 49);
        Assert.True(HasRoom(budget));
        Take(budget, 1);
        Assert.False(HasRoom(budget));
        Assert.False(HasRoom(budget, proxied: false));
        budget.Release(2);
        Assert.True(HasRoom(budget));
    }

    [Fact]
    public void What_others_open_is_missing_and_comes_back()
    {
        var open = 100;
        using var budget = new DescriptorBudget(1000, () => open, TimeProvider.System);
        Assert.Equal(1000 - 125 - 100, budget.Allowed);
        budget.Take(50); // 20 of them are not open yet.
        budget.Promised = () => 20;
        open = 330;
        budget.Count();
        Assert.Equal(1000 - 125 - 300, budget.Allowed);
        open = 130;
        budget.Count();
        Assert.Equal(1000 - 125 - 100, budget.Allowed);
    }

    [Fact]
    public void Even_where_others_have_taken_everything_a_few_are_served()
    {
        using var budget = new DescriptorBudget(256, () => 250, TimeProvider.System);
        Take(budget, 3);
        Assert.True(HasRoom(budget));
        Take(budget, 1);
        Assert.False(HasRoom(budget));
    }

    [Fact]
    public void Http_is_no_matter_of_MaxConnections()
    {
        using var budget = Budgets.Of(200);
        budget.SetMaxConnections(10);
        Take(budget, 10);
        Assert.False(HasRoom(budget));
        Assert.True(HasRoom(budget, proxied: false));
    }

    [Fact]
    public void What_can_do_without_leaves_some_to_connections()
    {
        using var budget = Budgets.Of(800);
        Assert.False(budget.TryTake(601, leaving: 4));
        Assert.Equal(0, budget.Taken);
        Assert.True(budget.TryTake(600, leaving: 4));
        Assert.True(budget.HasRoomForFlow);
        Assert.Throws<SocketException>(() => budget.TakeForListener(1));
        Assert.True(budget.TryTake(100, leaving: 8));
        Assert.False(budget.HasRoomForFlow);
        Assert.True(HasRoom(budget));
    }

    [Theory]
    [InlineData(64, 48)]
    [InlineData(256, 48)]
    [InlineData(1024, 128)]
    [InlineData(4096, 256)]
    [InlineData(1_000_000, 256)]
    public void So_many_are_kept_free(int limit, int reserve) => Assert.Equal(reserve, DescriptorBudget.ReserveOf(limit));

    [Fact]
    public void More_connections_than_there_are_descriptors_for_is_a_warning_with_the_numbers()
    {
        using var budget = new DescriptorBudget(1000, () => 100, TimeProvider.System);
        Assert.Null(budget.WarningOf(387));
        Assert.StartsWith(
            "10000 connections take 20000 descriptors, and this process may have 1000 (RLIMIT_NOFILE), of which 100 are open and 125 are kept free: "
            + "there is room for 387 at the most",
            budget.WarningOf(10_000),
            StringComparison.Ordinal);
    }

    private static bool HasRoom(DescriptorBudget budget, bool proxied = true) => budget.HasRoomFor(proxied);

    private static void Take(DescriptorBudget budget, int connections)
    {
        for (var i = 0; i < connections; i++)
            budget.TakeConnection();
    }
}
