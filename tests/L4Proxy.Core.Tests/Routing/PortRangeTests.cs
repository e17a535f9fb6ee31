using L4Proxy.Addresses;

namespace L4Proxy.Core.Tests.Routing;

public class PortRangeTests
{
    [Theory]
    [InlineData("443", 443, 443)]
    [InlineData("8000-8099", 8000, 8099)]
    [InlineData("1-65535", 1, 65535)]
    public void A_port_or_a_range_is_read(string text, int low, int high)
    {
        Assert.True(PortRange.TryParse(text, out var range, out var error), error);
        Assert.Equal((low, high, high - low + 1), (range.Low, range.High, range.Count));
        Assert.True(range.Contains(low) && range.Contains(high));
        Assert.False(range.Contains(low - 1) || range.Contains(high + 1));
        Assert.Equal(text, range.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("65536")]
    [InlineData("-1")]
    [InlineData("80-")]
    [InlineData("90-80")]
    [InlineData("80-90-100")]
    [InlineData("+80")]
    [InlineData(" 80")]
    [InlineData("080")]
    [InlineData("http")]
    [InlineData("99999999999999999999")]
    public void What_is_no_port_is_an_error(string text)
    {
        Assert.False(PortRange.TryParse(text, out _, out var error));
        Assert.EndsWith(".", error);
    }
}
