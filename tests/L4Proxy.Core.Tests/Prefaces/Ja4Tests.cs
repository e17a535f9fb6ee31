using System.Globalization;
using L4Proxy.Core.Tests.Prefaces.Quic;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class Ja4Tests
{
    /// <summary>What is worked out of tshark's fields of the same bytes (Hellos/README.md).</summary>
    [Theory]
    [InlineData("chromium", "t13d1517h2_8daaf6152771_cb7bf5808d99")]
    [InlineData("curl", "t13d3112h2_e8f1e7e78f70_b26ce05bbdd6")]
    [InlineData("openssl-no-name", "t13i310900_e8f1e7e78f70_1f22a2ca17c4")]
    [InlineData("openssl-tls12", "t12d280700_d943125447b4_e7e480e5a997")]
    [InlineData("openssl-tls13", "t13d3111h2_e8f1e7e78f70_1f22a2ca17c4")]
    public void Of_a_captured_hello(string file, string expected) => Assert.Equal(expected, Read(CapturedHello.Named(file).Bytes()));

    /// <summary>Worked out of tshark's fields, too; Chromium's hello comes in two datagrams.</summary>
    [Theory]
    [InlineData("q13d0211an_62ed6f6ca7ad_4d634acda6c0", "rfc9001")]
    [InlineData("q13d0312h3_55b375c5d22e_178839b6cec1", "chromium-1", "chromium-2")]
    public void Of_a_captured_hello_over_Quic(string expected, params string[] files)
    {
        var room = new byte[4000];
        var length = 0;
        foreach (var datagram in files.Select(QuicPackets.Named))
        {
            DatagramList.Write(room.AsSpan(length), datagram);
            length += DatagramList.LengthOf(datagram);
        }

        Assert.Equal(PrefaceStatus.Found, new QuicPreface().ReadDatagrams(new DatagramList(room.AsSpan(0, length)), out var content));
        Assert.Equal(expected, Assert.IsType<ClientHello>(content).Ja4!.ToString());
    }

    private const string Chrome = "2a2a,1301,1302,1303,c02b,c02f,c02c,c030,cca9,cca8,c013,c014,009c,009d,002f,0035";

    /// <summary>Fingerprints that are published with what they are made of; in whatever order it comes, and with placeholders.</summary>
    [Theory]
    [InlineData("t13d1516h2_8daaf6152771_e5627efa2ab1", Chrome, "ff01,0005,000a,dada,000b,000d,0012,0015,0017,001b,0023,002b,002d,0033,4469,0000,0010")]
    [InlineData("t13d1516h2_8daaf6152771_02713d6af862", Chrome, "0a0a,0000,0010,0033,002b,002d,0023,001b,0017,0012,000d,000b,000a,0005,4469,fe0d,ff01,fafa")]
    [InlineData("t13d1516h2_8daaf6152771_d8a2da3f94cd", Chrome, "002d,0033,0010,fe0d,0017,44cd,0000,000b,000a,002b,ff01,0023,0012,0005,000d,001b")]
    public void Of_a_published_hello(string expected, string ciphers, string extensions)
    {
        var builder = new HelloBuilder { CipherSuites = Numbers(ciphers) };
        foreach (var type in extensions.Split(',').Select(text => ushort.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture)))
        {
            _ = type switch
            {
                0 => builder.WithServerName("a.test"),
                13 => builder.WithExtension(13, HelloBuilder.Vector16(Numbers("0403,0804,0401,9a9a,0503,0805,0501,0806,0601"))),
                16 => builder.WithAlpn("h2", "http/1.1"),
                43 => builder.WithVersions(0x7a7a, 0x0303, 0x0304),
                _ => builder.WithExtension(type),
            };
        }

        Assert.Equal(expected, Read(builder.Bytes()));
    }

    [Theory]
    [InlineData(new string[0], "00")]
    [InlineData(new[] { "http/1.1" }, "h1")]
    [InlineData(new[] { "x" }, "xx")]
    [InlineData(new[] { "\u00ab" }, "ab")]
    [InlineData(new[] { "\u00ab\u00cd" }, "ad")]
    [InlineData(new[] { "0\u00ab" }, "3b")]
    [InlineData(new[] { "01\u00ab\u00cd" }, "3d")]
    [InlineData(new[] { "0\u00ab\u00cd1" }, "01")]
    [InlineData(new[] { "\n\n", "h2" }, "h2")]
    [InlineData(new[] { "\n\n" }, "00")]
    public void The_ends_of_the_first_protocol(string[] protocols, string expected)
    {
        var builder = new HelloBuilder();

        Assert.Equal(expected, Read((protocols.Length == 0 ? builder : builder.WithAlpn(protocols)).Bytes())[8..10]);
    }

    [Fact]
    public void Where_there_is_little_or_much()
    {
        Assert.Equal("t12i010000_0c1e6e21b8a6_000000000000"[..12], Read(new HelloBuilder { WithoutExtensions = true }.Bytes())[..12]);
        Assert.EndsWith("_000000000000", Read(new HelloBuilder { WithoutExtensions = true }.Bytes()), StringComparison.Ordinal);
        Assert.EndsWith("_000000000000", Read(new HelloBuilder().WithServerName("a").WithAlpn("h2").Bytes()), StringComparison.Ordinal);
        Assert.Contains("i0100", Read(new HelloBuilder { CipherSuites = [0x1a, 0x1a, 0x13, 1] }.WithExtension(0x3a3a).Bytes()), StringComparison.Ordinal);
        Assert.StartsWith("t00i00", Read(new HelloBuilder { LegacyVersion = 0x0404, CipherSuites = [0x1a, 0x1a] }.Bytes()), StringComparison.Ordinal);
        Assert.StartsWith("t12i9999", Read(Long().Bytes()), StringComparison.Ordinal);

        static HelloBuilder Long()
        {
            var builder = new HelloBuilder { CipherSuites = [.. Enumerable.Range(0, 2000).SelectMany(i => (byte[])[(byte)(i >> 8), (byte)i])] };
            foreach (var type in Enumerable.Range(100, 120))
                builder.WithExtension((ushort)type);
            return builder;
        }
    }

    [Fact]
    public void Only_who_asks_for_it_gets_it()
    {
        var bytes = CapturedHello.Named("curl").Bytes();

        Assert.Null(PrefaceInspector.Inspect(bytes, PrefaceParsers.Tls).ClientHello!.Ja4);
        Assert.Null(PrefaceInspector.Inspect(bytes, AllParsers.Named("tls")).ClientHello!.Ja4);
        Assert.NotNull(PrefaceInspector.Inspect(bytes, PrefaceParsers.Tls | PrefaceParsers.WithFingerprint).ClientHello!.Ja4);
    }

    private static string Read(byte[] bytes) => PrefaceInspector.Inspect(bytes, PrefaceParsers.WithFingerprint).ClientHello!.Ja4!.ToString();

    private static byte[] Numbers(string text) => Convert.FromHexString(text.Replace(",", "", StringComparison.Ordinal));
}
