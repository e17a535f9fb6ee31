using System.Security.Authentication;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class ClientHelloBodyTests
{
    private static ClientHello Parse(HelloBuilder builder)
    {
        Assert.Equal(PrefaceStatus.Found, ClientHelloParser.Parse(builder.Bytes(), out var hello));
        Assert.NotNull(hello);
        return hello;
    }

    private static void AssertRefused(HelloBuilder builder)
    {
        Assert.Equal(PrefaceStatus.NotMine, ClientHelloParser.Parse(builder.Bytes(), out var hello));
        Assert.Null(hello);
    }

    [Theory]
    [InlineData("a.example.com", "a.example.com")]
    [InlineData("A.Example.COM", "a.example.com")]
    [InlineData("a.example.com.", "a.example.com")]
    [InlineData("a_b.example.com", "a_b.example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("-a.example.com", "-a.example.com")]
    public void A_name_is_normalised(string sent, string expected)
    {
        var hello = Parse(new HelloBuilder().WithServerName(sent));

        Assert.Equal((expected, false), (hello.ServerName, hello.ServerNameInvalid));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".example.com")]
    [InlineData("a..example.com")]
    [InlineData("a.example.com..")]
    [InlineData("a b.example.com")]
    [InlineData("a.example.com\0")]
    [InlineData("a\n.example.com")]
    [InlineData("*.example.com")]
    [InlineData("a/b")]
    [InlineData("b\u00fccher.example")]
    [InlineData("10.0.0.1")]
    [InlineData("127.1")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("a.example.com:443")]
    public void A_name_that_is_none_is_marked(string sent)
    {
        var hello = Parse(new HelloBuilder().WithServerName(sent));

        Assert.Equal((null, true), (hello.ServerName, hello.ServerNameInvalid));
    }

    [Fact]
    public void A_name_may_have_253_characters_and_no_more()
    {
        var longest = string.Join('.', Enumerable.Repeat(new string('a', 62), 4)) + ".b";
        Assert.Equal(253, longest.Length);

        Assert.Equal(longest, Parse(new HelloBuilder().WithServerName(longest + ".")).ServerName);
        Assert.True(Parse(new HelloBuilder().WithServerName(longest + "c")).ServerNameInvalid);
        Assert.True(Parse(new HelloBuilder().WithServerName(new string('a', 64))).ServerNameInvalid);
        Assert.True(Parse(new HelloBuilder().WithServerName(new string('a', 60000))).ServerNameInvalid);
    }

    [Theory]
    [InlineData("")] // no list
    [InlineData("0000")] // empty list
    [InlineData("0005000002")] // the list ends too soon
    [InlineData("0005000009612e62")] // the name is longer than the list
    [InlineData("000600000361626300")] // a byte after the list
    [InlineData("0006010003616263")] // another type of name
    [InlineData("000c00000361626300000361626401")] // lies about its length
    [InlineData("000c000003616263000003616264")] // two names
    [InlineData("000c000003616263010003616264")] // a name and another type
    [InlineData("ffff0000036162")]
    public void An_extension_of_another_shape_is_marked(string hex)
    {
        var hello = Parse(new HelloBuilder().WithExtension(0, Convert.FromHexString(hex)));

        Assert.Equal((null, true), (hello.ServerName, hello.ServerNameInvalid));
    }

    [Fact]
    public void Two_server_name_extensions_are_marked()
    {
        var hello = Parse(new HelloBuilder().WithServerName("a.example.com").WithServerName("b.example.com"));

        Assert.Equal((null, true), (hello.ServerName, hello.ServerNameInvalid));
    }

    [Fact]
    public void No_server_name_is_not_an_invalid_one()
    {
        var hello = Parse(new HelloBuilder());

        Assert.Equal((null, false), (hello.ServerName, hello.ServerNameInvalid));
    }

    [Fact]
    public void Protocols_keep_their_order_without_placeholders()
    {
        var hello = Parse(new HelloBuilder().WithAlpn("\u000a\u000a", "h2", "acme-tls/1", "my-own", "\u00fcber", "a b"));

        Assert.Equal(["h2", "acme-tls/1", "my-own"], hello.Alpn);
    }

    [Fact]
    public void Only_the_first_32_protocols_are_kept()
    {
        var names = Enumerable.Range(0, 5000).Select(i => $"p{i}").ToArray();

        Assert.Equal(names[..32], Parse(new HelloBuilder().WithAlpn(names)).Alpn);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000")]
    [InlineData("00020268")]
    [InlineData("0003026832ff")]
    [InlineData("000402683200")]
    [InlineData("ffff026832")]
    public void Protocols_that_cannot_be_decoded_make_no_hello(string hex) =>
        AssertRefused(new HelloBuilder().WithExtension(16, Convert.FromHexString(hex)));

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0103")]
    [InlineData("03030403")]
    [InlineData("020304ff")]
    [InlineData("ff0304")]
    public void Versions_that_cannot_be_decoded_make_no_hello(string hex) =>
        AssertRefused(new HelloBuilder().WithExtension(43, Convert.FromHexString(hex)));

    [Fact]
    public void An_extension_that_is_read_must_not_appear_twice()
    {
        AssertRefused(new HelloBuilder().WithAlpn("h2").WithAlpn("h2"));
        AssertRefused(new HelloBuilder().WithVersions(0x0304).WithVersions(0x0304));
    }

    [Fact]
    public void Versions_are_those_listed_without_placeholders()
    {
        var hello = Parse(new HelloBuilder().WithVersions(0x3a3a, 0x0304, 0x0303, 0x7f1c));

        Assert.Equal(SslProtocols.Tls12 | SslProtocols.Tls13, hello.Versions);
    }

    [Theory]
    [InlineData(0x0301, "1.0")]
    [InlineData(0x0302, "1.1")]
    [InlineData(0x0303, "1.2")]
    [InlineData(0x0304, "1.2")]
    [InlineData(0x0300, null)]
    public void Without_a_list_the_legacy_version_counts_but_never_as_1_3(int legacy, string? version)
    {
        var expected = SslProtocols.None;
        if (version is not null)
            Assert.True(TlsVersions.TryParse(version, out expected, out _));

        Assert.Equal(expected, Parse(new HelloBuilder { LegacyVersion = (ushort)legacy }).Versions);
    }

    [Fact]
    public void A_list_outranks_the_legacy_version() =>
        Assert.Equal(SslProtocols.Tls13, Parse(new HelloBuilder().WithVersions(0x0304)).Versions);

    [Fact]
    public void An_encrypted_hello_is_seen() =>
        Assert.True(Parse(new HelloBuilder().WithExtension(0xfe0d, 0)).HasEncryptedClientHello);

    [Fact]
    public void A_hello_without_extensions_is_one()
    {
        var hello = Parse(new HelloBuilder { WithoutExtensions = true, SessionId = [] });

        Assert.Equal((null, SslProtocols.Tls12), (hello.ServerName, hello.Versions));
        Assert.Empty(hello.Alpn);
    }

    public static TheoryData<string> Malformed => [.. MalformedHellos.Keys];

    private static readonly Dictionary<string, HelloBuilder> MalformedHellos = new()
    {
        ["session id too long"] = new() { SessionId = new byte[33] },
        ["no cipher suite"] = new() { CipherSuites = [] },
        ["half a cipher suite"] = new() { CipherSuites = [0x13, 0x01, 0x13] },
        ["no compression"] = new() { Compressions = [] },
        ["bytes after the extensions"] = new() { Trailer = [0] },
        ["half a length of extensions"] = new() { WithoutExtensions = true, Trailer = [0] },
        ["extensions longer than the message"] = new() { WithoutExtensions = true, Trailer = [0xff, 0xff, 0, 0] },
        ["extension longer than the extensions"] = new() { WithoutExtensions = true, Trailer = [0, 4, 0, 0, 0xff, 0xff] },
        ["half an extension"] = new() { WithoutExtensions = true, Trailer = [0, 3, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_message_that_lies_is_no_hello(string what) => AssertRefused(MalformedHellos[what]);

    [Theory]
    [InlineData("1.0", true)]
    [InlineData("1.3", true)]
    [InlineData("1.4", false)]
    [InlineData("TLS1.3", false)]
    [InlineData("", false)]
    public void A_version_is_written_as_its_number(string text, bool valid) =>
        Assert.Equal(valid, TlsVersions.TryParse(text, out _, out var error) && error is null);
}
