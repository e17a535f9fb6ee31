using System.Net;
using System.Text;

namespace L4Proxy.Core.Tests.Explaining;

/// <summary>The text form of a connection.</summary>
public class ImaginedTextTests
{
    [Fact]
    public void All_of_it()
    {
        var read = Read("""  udp quic from=10.1.2.3 to=::1 SNI=a.b alpn=h3 """);

        Assert.True(read.IsUdp);
        Assert.Equal(("quic", null, IPAddress.Parse("10.1.2.3"), IPAddress.IPv6Loopback), (read.EndpointId, read.Port, read.ClientAddress, read.LocalAddress));
        Assert.Equal([new("sni", "a.b"), new("alpn", "h3")], read.Says);
        Assert.Empty(read.FirstBytes);
    }

    [Fact]
    public void What_has_blanks_stands_in_quotes()
    {
        Assert.Equal("plant 7=x", Read("""tcp 1883 "mqtt.username=plant 7=x" """).Says["mqtt.username"]);
        Assert.Equal("plant 7", Read("""tcp 1883 mqtt.username="plant 7" """).Says["mqtt.username"]);
        Assert.Equal("", Read("""tcp 443 sni="" """).Says["sni"]);
    }

    [Fact]
    public void Bytes_and_files()
    {
        Assert.Equal("SSH-"u8, Read("tcp 22 bytes=5353482d").FirstBytes[0].Span);
        var read = Read("udp 1 bytes=00 bytes=@a.bin", file => Encoding.ASCII.GetBytes(file));
        Assert.Equal(["00", "612E62696E"], read.FirstBytes.Select(bytes => Convert.ToHexString(bytes.Span)));
    }

    [Fact]
    public void What_a_PROXY_header_says()
    {
        var header = Read("tcp 443 proxy.authority=a.test proxy.0xEA=vpce-1").ProxyHeader!;

        Assert.Equal("a.test", header.Authority);
        Assert.Equal("vpce-1"u8, header.Find(0xea)!.Value.Span);
        Assert.Null(Read("tcp 443").ProxyHeader);
    }

    [Theory]
    [InlineData("", "'' must be tcp|udp PORT key=value ...")]
    [InlineData("tcp \"\"", "'' is not a port (1 to 65535).")]
    [InlineData("tcp 443 proxy.0xg0=a", "'proxy.0xg0' is no key")]
    [InlineData("sctp 443", "'sctp 443' must be tcp|udp PORT")]
    [InlineData("tcp 0", "'0' is not a port (1 to 65535).")]
    [InlineData("tcp 65536", "'65536' is not a port")]
    [InlineData("tcp 443 db.example.com", "'db.example.com' is no key=value")]
    [InlineData("tcp 443 snj=a", "'snj' is no key, did you mean 'sni'? Those there are: from, to, proxy.authority, proxy.0xNN, bytes, pcap, sni,")]
    [InlineData("tcp 443 from=10.1", "'from' must be an IP address, not '10.1'.")]
    [InlineData("tcp 443 to=x", "'to' must be an IP address, not 'x'.")]
    [InlineData("tcp 443 bytes=5", "'bytes' must be hexadecimal")]
    [InlineData("tcp 443 bytes=@missing", "No missing here.")]
    [InlineData("tcp 443 bytes=@", "'bytes' must be hexadecimal")]
    [InlineData("tcp 443 pcap=", "'pcap' must be the name of a file.")]
    [InlineData("tcp 443 pcap=empty", "The capture is neither pcap nor pcapng.")]
    [InlineData("tcp 443 bytes=00 pcap=empty", "'pcap' and 'bytes' are both given")]
    [InlineData("tcp 443 bytes=00 sni=a", "The first bytes are given, and so is what is said in them: 'sni'.")]
    [InlineData("tcp 443 sni=a sni=b", "'sni' is given twice; several values are separated by commas.")]
    [InlineData("tcp 443 sni=\"a", "has a quote that does not end.")]
    [InlineData("tcp 443 sni=a host=b", "No protocol over TCP says sni and host together.")]
    public void What_is_wrong_is_named(string text, string error)
    {
        Assert.False(L4ImaginedConnection.TryParse(text, Files, out var connection, out var said));
        Assert.Null(connection);
        Assert.Contains(error, said, StringComparison.Ordinal);

        static ReadOnlyMemory<byte> Files(string file) => file == "empty" ? default : throw new IOException($"No {file} here.");
    }

    [Theory]
    [InlineData("tcp 443 bytes=@/etc/passwd")]
    [InlineData("tcp 443 pcap=/etc/passwd")]
    public void No_file_is_read_where_none_may_be(string text)
    {
        Assert.False(L4ImaginedConnection.TryParse(text, readFile: null, out _, out var error));
        Assert.StartsWith("No file is read here", error, StringComparison.Ordinal);
    }

    private static L4ImaginedConnection Read(string text, Func<string, ReadOnlyMemory<byte>>? files = null) =>
        L4ImaginedConnection.TryParse(text, files, out var connection, out var error) ? connection : throw new InvalidOperationException(error);
}
