using L4Proxy.Destinations.Health;

namespace L4Proxy.Core.Tests.Destinations.Health;

public class RefusalsTests
{
    private readonly Refusals _refusals = new();

    private bool AreRecent(long now) => now < _refusals.Until;

    [Fact]
    public void They_count_for_a_second_and_for_twice_as_long_each_time_they_come_again()
    {
        long now = 0;
        Assert.False(AreRecent(now));
        foreach (var length in new[] { 1_000, 2_000, 4_000, 8_000, 16_000, 16_000 })
        {
            _refusals.TryNote(now);
            Assert.True(AreRecent(now + length - 1));
            Assert.False(AreRecent(now + length));
            now += length;
        }
    }

    [Fact]
    public void Many_at_once_are_one()
    {
        for (var i = 0; i < 100; i++)
            _refusals.TryNote(i);
        Assert.False(AreRecent(1_000));
    }

    [Fact]
    public void An_answer_ends_them()
    {
        _refusals.TryNote(0);
        _refusals.TryNote(1_000);
        _refusals.TryForget();
        Assert.False(AreRecent(1_001));
        _refusals.TryNote(1_001);
        Assert.False(AreRecent(2_001));
    }

    [Fact]
    public void They_are_said_once_a_minute_with_their_number()
    {
        _refusals.TryNote(5);
        Assert.True(_refusals.TryTakeWarning(5, out var count));
        Assert.Equal(1, count);
        for (var i = 0; i < 7; i++)
            _refusals.TryNote(6);
        Assert.False(_refusals.TryTakeWarning(60_004, out _));
        Assert.True(_refusals.TryTakeWarning(60_005, out count));
        Assert.Equal(7, count);
    }

    [Fact]
    public void When_the_time_is_over_one_finds_out_and_the_others_wait()
    {
        Assert.False(_refusals.TryBeginTrial(0, 5_000));
        _refusals.TryNote(0);
        Assert.False(_refusals.TryBeginTrial(999, 5_000));
        Assert.True(_refusals.TryBeginTrial(1_000, 5_000));
        Assert.False(_refusals.TryBeginTrial(1_000, 5_000));
        Assert.Equal(6_000, _refusals.Until);
        // Who does not come back with an answer is not waited for.
        Assert.True(_refusals.TryBeginTrial(6_000, 5_000));
        Assert.True(_refusals.TryNote(7_000));
        Assert.Equal(9_000, _refusals.Until);
        Assert.False(_refusals.TryNote(8_999));
        Assert.True(_refusals.TryBeginTrial(9_000, 5_000));
        Assert.True(_refusals.TryForget());
        Assert.Equal(Refusals.None, _refusals.Until);
    }
}
