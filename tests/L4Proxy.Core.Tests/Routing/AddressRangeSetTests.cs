using System.Net;
using CsCheck;
using L4Proxy.Addresses;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Core.Tests.Routing;

public class AddressRangeSetTests
{
    // Few bits, so that ranges lie inside of each other.
    private static readonly Gen<string> s_range = Gen.Select(
        Gen.Int[0, 8], Gen.Int[0, 255], Gen.Bool,
        (bits, value, v4) => v4 ? $"10.0.{value & (0xFF00 >> bits) & 255}.0/{16 + bits}" : $"2001:db8:0:{value & (0xFF00 >> bits) & 255:x}00::/{48 + bits}");

    private static readonly Gen<IPAddress> s_address = Gen.Select(
        Gen.Byte, Gen.Byte, Gen.Bool, (one, two, v4) => IPAddress.Parse(v4 ? $"10.0.{one}.{two}" : $"2001:db8:0:{one:x}{two:x2}::1"));

    [Fact]
    public void It_holds_what_one_of_its_ranges_holds()
    {
        var hits = 0;

        Gen.Select(s_range.Array[0, 39], s_address.Array[1, 199]).Sample(
            (ranges, addresses) =>
            {
                var set = SetOf(ranges);
                var networks = ranges.Select(IPNetwork.Parse).ToList();
                foreach (var address in addresses)
                {
                    var expected = networks.Exists(network => network.Contains(address));
                    Assert.Equal(expected, set.Contains(address));
                    Assert.Equal(expected, set.Contains(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? address.MapToIPv6() : address));
                    Interlocked.Add(ref hits, expected ? 1 : 0);
                }
            },
            iter: 600);

        Assert.InRange(hits, 2000, 58000);
    }

    [Fact]
    public void The_ends_of_the_families_are_kept_apart()
    {
        var v4 = SetOf(["0.0.0.0/0"]);
        var v6 = SetOf(["::/0"]);
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
        var set = SetOf(Enumerable.Range(0, 100_000).Select(i => $"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}"));
        var (inside, outside) = (IPAddress.Parse("10.1.2.3"), IPAddress.Parse("11.0.0.1"));
        Assert.True(set.Contains(inside));
        Assert.Equal(0, Allocated.By(() =>
        {
            for (var i = 0; i < 1000; i++)
                _ = set.Contains(inside) ^ set.Contains(outside);
        }));
    }

    private static AddressRangeSet SetOf(IEnumerable<string> texts) => new([.. texts.Select(text =>
    {
        Assert.True(AddressRange.TryParse(text, out var range, out var error), error);
        return range;
    })]);
}
