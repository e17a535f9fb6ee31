using L4Proxy.Core.Tests.Timing;
using L4Proxy.Limits;

namespace L4Proxy.Core.Tests.Limits;

public class ByteRateTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_burst_passes_at_once_and_then_so_many_a_second()
    {
        var rate = new ByteRate(bytesPerSecond: 1000, burst: 3000, _time);
        Assert.Equal(TimeSpan.Zero, rate.Reserve(3000));
        Assert.Equal(1, rate.Reserve(1000).TotalSeconds, 6);
        Assert.Equal(1.5, rate.Reserve(500).TotalSeconds, 6);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(0.001, rate.Reserve(1).TotalSeconds, 6);
    }

    [Fact]
    public void It_fills_up_again_and_no_further()
    {
        var rate = new ByteRate(bytesPerSecond: 1000, burst: 3000, _time);
        rate.Reserve(3000);
        _time.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal(TimeSpan.Zero, rate.Reserve(3000));
        Assert.True(rate.Reserve(1) > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1000, 1000, 50)]
    [InlineData(1000, 10, 10)]
    [InlineData(1_000_000_000_000, 1_000_000_000_000, 64 * 1024)]
    public void So_many_bytes_are_taken_at_once_that_nobody_sees_it_stutter(long bytesPerSecond, long burst, int atOnce) =>
        Assert.Equal(atOnce, new ByteRate(bytesPerSecond, burst, _time).AtOnce);

    [Fact]
    public void A_single_byte_of_a_fast_one_costs_what_it_should()
    {
        var rate = new ByteRate(bytesPerSecond: 100_000_000_000, burst: 1, _time);
        for (var i = 0; i < 1_000_000; i++)
            rate.Reserve(1);
        Assert.Equal(0.00001, rate.Reserve(1).TotalSeconds, 6);
    }
}
