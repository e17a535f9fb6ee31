using System.Net;
using L4Proxy.Core.Tests.House;
using L4Proxy.Routing;

namespace L4Proxy.Core.Tests.Routing;

public class AddressRangeSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void It_holds_what_one_of_its_ranges_holds(int seed)
    {
        var random = new Random(seed);
        var hits = 0;
        for (var round = 0; round < 300; round++)
        {
            var texts = Enumerable.Range(0, random.Next(40)).Select(_ => Range(random)).ToList();
            var set = AddressRangeSet.Create(texts);
            var networks = texts.Select(IPNetwork.Parse).ToList();
            for (var i = 0; i < 100; i++)
            {
                var address = Address(random);
                var expected = networks.Exists(network => network.Contains(address));
                Assert.Equal(expected, set.Contains(address));
                Assert.Equal(expected, set.Contains(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? address.MapToIPv6() : address));
                hits += expected ? 1 : 0;
            }
        }

        Assert.InRange(hits, 1000, 29000);
    }

    [Fact]
    public void The_ends_of_the_families_are_kept_apart()
    {
        var v4 = AddressRangeSet.Create(["0.0.0.0/0"]);
        var v6 = AddressRangeSet.Create(["::/0"]);
        foreach (var address in new[] { "0.0.0.0", "255.255.255.255", "::ffff:10.0.0.1" }.Select(IPAddress.Parse))
        {
            Assert.True(v4.Contains(address));
            Assert.False(v6.Contains(address));
        }
        foreach (var address in new[] { "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::fffe:10.0.0.1" }.Select(IPAddress.Parse))
        {
            Assert.False(v4.Contains(address));
            Assert.True(v6.Contains(address));
        }
        Assert.False(AddressRangeSet.Empty.Contains(IPAddress.Loopback));
    }

    [Fact]
    public void A_look_up_in_a_long_list_allocates_nothing()
    {
        var set = AddressRangeSet.Create(Enumerable.Range(0, 100_000).Select(i => $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"));
        var (inside, outside) = (IPAddress.Parse("10.1.2.3"), IPAddress.Parse("11.0.0.1"));
        Assert.True(set.Contains(inside));
        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 1000; i++)
                _ = set.Contains(inside) ^ set.Contains(outside);
        }));
    }

    [Fact]
    public void What_the_validator_would_refuse_is_refused() => Assert.Throws<ArgumentException>(() => AddressRangeSet.Create(["10.0.0.1/8"]));

    // Few bits, so that ranges lie inside of each other.
    private static string Range(Random random)
    {
        var bits = random.Next(9);
        var value = random.Next(256) & (0xFF00 >> bits);
        return random.Next(2) == 0 ? $"10.0.{value & 255}.0/{16 + bits}" : $"2001:db8:0:{value & 255:x}00::/{48 + bits}";
    }

    private static IPAddress Address(Random random) => IPAddress.Parse(
        random.Next(2) == 0 ? $"10.0.{random.Next(256)}.{random.Next(256)}" : $"2001:db8:0:{random.Next(256):x}{random.Next(256):x2}::1");
}
