using System.Net;
using L4Proxy.Addresses;

namespace L4Proxy.Core.Tests.Routing;

public class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.1.2.3", true)]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    [InlineData("::ffff:10.0.0.0/104", "10.9.9.9", true)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "2001:db8::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "203.0.113.9", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::1", false)]
    [InlineData("fe80::/10", "fe80::1%1", true)]
    [InlineData("2001:db8::1", "2001:db8::1", true)]
    public void A_range_contains_addresses_of_its_own_family(string text, string address, bool contains)
    {
        Assert.True(AddressRange.TryParse(text, out var range, out var error), error);
        Assert.Equal(contains, range.Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("10.0.0.1/8", "'10.0.0.0/8'")]
    [InlineData("2001:db8::1/32", "'2001:db8::/32'")]
    [InlineData("::ffff:10.0.0.1/104", "'10.0.0.0/8'")]
    public void Bits_after_the_prefix_are_an_error_that_names_the_network(string text, string network)
    {
        Assert.False(AddressRange.TryParse(text, out _, out var error));
        Assert.Contains(network, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("host")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("167772161")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("10.0.0.0/255.0.0.0")]
    [InlineData("::/129")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("fe80::1%eth0")]
    [InlineData(" 10.0.0.1")]
    [InlineData("::ffff:0:0/90")]
    public void What_is_no_range_is_an_error(string text)
    {
        Assert.False(AddressRange.TryParse(text, out _, out var error));
        Assert.EndsWith(".", error);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("192.0.2.1", "192.0.2.1/32")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1/32")]
    [InlineData("2001:DB8:0::/32", "2001:db8::/32")]
    public void The_text_is_canonical(string text, string canonical)
    {
        Assert.True(AddressRange.TryParse(text, out var range, out _));
        Assert.Equal(canonical, range.ToString());
    }
}
