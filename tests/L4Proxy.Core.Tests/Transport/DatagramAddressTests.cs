using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;
using L4Proxy.Transport;

namespace L4Proxy.Core.Tests.Transport;

public class DatagramAddressTests
{
    [Theory]
    [InlineData("192.0.2.1", 53)]
    [InlineData("0.0.0.0", 0)]
    [InlineData("255.255.255.255", 65535)]
    [InlineData("2001:db8::1", 53)]
    [InlineData("::", 1)]
    [InlineData("::1", 65535)]
    [InlineData("fe80::1%7", 53)]
    public void Survives_the_way_to_an_end_point_and_back(string host, int port)
    {
        var endPoint = new IPEndPoint(IPAddress.Parse(host), port);
        var address = DatagramAddress.From(endPoint);
        Assert.Equal(endPoint, address.ToIPEndPoint());
        Assert.Equal(endPoint.ToString(), address.ToString());
        Assert.Equal(port, address.Port);
        Assert.Equal(endPoint.AddressFamily == AddressFamily.InterNetwork, address.IsIPv4);
    }

    [Theory]
    [InlineData("192.0.2.1", 53, AddressFamily.InterNetwork)]
    [InlineData("192.0.2.1", 53, AddressFamily.InterNetworkV6)]
    [InlineData("2001:db8::1", 65535, AddressFamily.InterNetworkV6)]
    [InlineData("fe80::1%7", 1, AddressFamily.InterNetworkV6)]
    public void Survives_the_way_to_a_socket_address_and_back(string host, int port, AddressFamily family)
    {
        var address = Address(host, port);
        Span<byte> bytes = stackalloc byte[DatagramAddress.MaxSize];
        bytes.Fill(0xEE);
        var length = address.Write(bytes, family);
        Assert.Equal(family == AddressFamily.InterNetwork ? 16 : 28, length);
        Assert.True(DatagramAddress.TryRead(bytes[..length], family, out var read));
        Assert.Equal(address, read);
    }

    [Theory]
    [InlineData("192.0.2.1", AddressFamily.InterNetwork)]
    [InlineData("2001:db8::1", AddressFamily.InterNetworkV6)]
    [InlineData("fe80::1%7", AddressFamily.InterNetworkV6)]
    public void Socket_address_is_the_system_libraries_own(string host, AddressFamily family)
    {
        var expected = new IPEndPoint(IPAddress.Parse(host), 4711).Serialize();
        var actual = new SocketAddress(family);
        actual.Buffer.Span[2..].Fill(0xEE);
        Assert.Equal(expected.Size, Address(host, 4711).Write(actual.Buffer.Span, family));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Address_of_IPv6_does_not_go_into_a_socket_of_IPv4() =>
        Assert.Equal(0, Address("2001:db8::1", 53).Write(stackalloc byte[DatagramAddress.MaxSize], AddressFamily.InterNetwork));

    [Fact]
    public void Socket_address_that_is_too_short_is_refused()
    {
        var bytes = new byte[DatagramAddress.MaxSize];
        for (var length = 0; length < 28; length++)
        {
            Assert.False(DatagramAddress.TryRead(bytes.AsSpan(0, length), AddressFamily.InterNetworkV6, out _));
            Assert.Equal(length >= 16, DatagramAddress.TryRead(bytes.AsSpan(0, length), AddressFamily.InterNetwork, out _));
        }
    }

    [Fact]
    public void IPv4_inside_IPv6_is_IPv4()
    {
        var mapped = Address("::ffff:192.0.2.1", 53);
        Assert.True(mapped.IsIPv4);
        Assert.Equal(Address("192.0.2.1", 53), mapped);
        Assert.Equal(Address("192.0.2.1", 53).GetHashCode(), mapped.GetHashCode());
        Assert.NotEqual(Address("::192.0.2.1", 53), mapped);
    }

    [Theory]
    [InlineData("192.0.2.1", 53, "192.0.2.2", 53)]
    [InlineData("192.0.2.1", 53, "192.0.2.1", 54)]
    [InlineData("2001:db8::1", 53, "2001:db8:1::1", 53)]
    [InlineData("fe80::1%7", 53, "fe80::1%8", 53)]
    public void What_differs_is_not_equal(string host, int port, string otherHost, int otherPort)
    {
        Assert.True(Address(host, port) != Address(otherHost, otherPort));
        Assert.NotEqual(Address(host, port).GetHashCode(), Address(otherHost, otherPort).GetHashCode());
    }

    [Theory]
    [InlineData("0.0.0.0", true, false, false)]
    [InlineData("::", true, false, false)]
    [InlineData("::ffff:0.0.0.0", true, false, false)]
    [InlineData("0.0.0.1", false, false, false)]
    [InlineData("::1", false, false, false)]
    [InlineData("fe80::1", false, true, false)]
    [InlineData("febf::1", false, true, false)]
    [InlineData("fec0::1", false, false, false)]
    [InlineData("ff02::1", false, false, true)]
    [InlineData("224.0.0.1", false, false, true)]
    [InlineData("239.255.255.255", false, false, true)]
    [InlineData("223.255.255.255", false, false, false)]
    [InlineData("240.0.0.1", false, false, false)]
    public void Kinds_of_address(string host, bool unspecified, bool linkLocal, bool multicast)
    {
        var address = Address(host, 53);
        Assert.Equal((unspecified, linkLocal, multicast), (address.IsUnspecified, address.IsLinkLocal, address.IsMulticast));
    }

    [Fact]
    public void Nothing_is_no_address() => Assert.True(default(DatagramAddress).IsUnspecified);

    [Fact]
    public void Host_is_the_address_without_its_port() => Assert.Equal(Address("fe80::1%7", 0), Address("fe80::1%7", 53).Host);

    /// <summary>Addresses whose words cancel out in the usual hash codes, as one client with a /64 can make them.</summary>
    [Fact]
    public void Addresses_that_a_client_chooses_do_not_collide()
    {
        const int Count = 65536;
        var hashes = new HashSet<int>();
        Span<byte> bytes = stackalloc byte[16];
        bytes[0] = 0x20;
        for (uint i = 0; i < Count; i++)
        {
            BitConverter.TryWriteBytes(bytes[8..], i * 2654435761);
            BitConverter.TryWriteBytes(bytes[12..], i * 2654435761);
            hashes.Add(new DatagramAddress(bytes, 53).GetHashCode());
        }

        // 65536 random 32-bit values collide half a time.
        Assert.InRange(hashes.Count, Count - 10, Count);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        var endPoint = new IPEndPoint(IPAddress.Parse("2001:db8::1"), 53);
        var same = true;
        Assert.Equal(0, Allocated.By(() =>
        {
            Span<byte> bytes = stackalloc byte[DatagramAddress.MaxSize];
            var address = DatagramAddress.From(endPoint);
            address.Write(bytes, AddressFamily.InterNetworkV6);
            DatagramAddress.TryRead(bytes, AddressFamily.InterNetworkV6, out var read);
            same &= read == address && read.GetHashCode() == address.GetHashCode();
        }, times: 1_000));
        Assert.True(same);
    }

    private static DatagramAddress Address(string host, int port) => DatagramAddress.From(new(IPAddress.Parse(host), port));
}
