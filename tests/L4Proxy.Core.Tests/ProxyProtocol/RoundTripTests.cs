using System.Net;
using L4Proxy.ProxyProtocol;

namespace L4Proxy.Core.Tests.ProxyProtocol;

/// <summary>What is written is what is read.</summary>
public sealed class RoundTripTests
{
    [Theory]
    [InlineData(1, "192.0.2.1:56324", "198.51.100.1:443")]
    [InlineData(1, "[2001:db8::1]:1", "[2001:db8::2]:65535")]
    [InlineData(2, "192.0.2.1:56324", "198.51.100.1:443")]
    [InlineData(2, "[2001:db8::1]:1", "[2001:db8::2]:65535")]
    public void Addresses(int version, string source, string destination)
    {
        var read = Read(new ProxyHeader { Version = version, Source = IPEndPoint.Parse(source), Destination = IPEndPoint.Parse(destination) });
        Assert.Equal((version, source, destination), (read.Version, read.Source!.ToString(), read.Destination!.ToString()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Two_families_are_both_IPv6(int version)
    {
        var read = Read(new ProxyHeader { Version = version, Source = IPEndPoint.Parse("192.0.2.1:1"), Destination = IPEndPoint.Parse("[2001:db8::2]:2") });
        Assert.Equal((IPEndPoint.Parse("[::ffff:192.0.2.1]:1"), IPEndPoint.Parse("[2001:db8::2]:2")), ((IPEndPoint)read.Source!, (IPEndPoint)read.Destination!));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void No_addresses(int version)
    {
        var read = Read(new ProxyHeader { Version = version });
        Assert.Equal((version, null, null), (read.Version, read.Source, read.Destination));
    }

    [Fact]
    public void TLVs_and_their_checksum()
    {
        var read = Read(new ProxyHeader
        {
            Version = 2, Source = IPEndPoint.Parse("192.0.2.1:1"), Destination = IPEndPoint.Parse("192.0.2.2:2"),
            Tlvs = [new(2, "a.test"u8.ToArray()), new(3, new byte[4]), new(5, "id"u8.ToArray())],
        });
        Assert.Equal([2, 3, 5], read.Tlvs.Select(tlv => tlv.Type));
        Assert.Equal("id"u8, read.Tlvs[2].Value.Span);
    }

    private static ProxyHeader Read(ProxyHeader header)
    {
        var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
        var length = ProxyHeaderWriter.Write(header, isDatagram: false, buffer);
        var result = ProxyHeaderParser.Parse(buffer.AsSpan(0, length));
        Assert.Equal((ProxyHeaderStatus.Found, length), (result.Status, result.Length));
        return result.Header!;
    }
}
