using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tls;
using L4Proxy.Prefaces;
using L4Proxy.ProxyProtocol;
using L4Proxy.Tls;
using static L4Proxy.Configuration.L4ProxyProtocolTlv;

namespace L4Proxy.Core.Tests.ProxyProtocol;

/// <summary>What is said of a client, and what is not because it is not known.</summary>
public sealed class ClientTlvsTests
{
    private static readonly ClientHello s_hello = new() { ServerName = "hello.test", Alpn = ["h2"] };

    private static readonly TlsFacts s_tls = new()
    {
        Protocol = SslProtocols.Tls13, CipherSuite = TlsCipherSuite.TLS_AES_256_GCM_SHA384, ServerName = "tls.test", Alpn = "mqtt",
    };

    [Fact]
    public void Nothing_wanted_is_nothing_said() =>
        Assert.Empty(ClientTlvs.For(wanted: null, 1, Incoming((2, "a"), (0x20, "s")), s_hello, s_tls));

    [Fact]
    public void What_is_not_known_is_not_said() => Assert.Empty(ClientTlvs.For([Authority, Alpn, Ssl], 1));

    [Fact]
    public void All_of_them_come_in_the_order_wanted() =>
        Assert.Equal([0x20, 3, 5, 1, 2], ClientTlvs.For([Ssl, Crc32c, UniqueId, Alpn, Authority], 1, tls: s_tls).Select(tlv => tlv.Type));

    [Fact]
    public void Authority_is_of_the_hello_then_of_the_terminated_TLS_then_of_the_incoming_header()
    {
        var incoming = Incoming((2, "incoming.test"));
        Assert.Equal("hello.test", Text(Authority, incoming, s_hello, s_tls));
        Assert.Equal("tls.test", Text(Authority, incoming, tls: s_tls));
        Assert.Equal("incoming.test", Text(Authority, incoming, new ClientHello()));
        Assert.Null(Text(Authority, hello: new ClientHello { ServerNameInvalid = true }));
    }

    [Fact]
    public void Alpn_is_what_was_agreed_on_or_what_alone_was_offered()
    {
        var incoming = Incoming((1, "http/1.1"));
        Assert.Equal("mqtt", Text(Alpn, incoming, s_hello, s_tls));
        Assert.Equal("h2", Text(Alpn, incoming, s_hello));
        Assert.Equal("http/1.1", Text(Alpn, incoming, new ClientHello { Alpn = ["h2", "http/1.1"] }));
        Assert.Null(Text(Alpn, hello: new ClientHello { Alpn = ["h2", "http/1.1"] }));
        // Offered, and not agreed on.
        Assert.Null(Text(Alpn, hello: s_hello, tls: s_tls with { Alpn = null }));
    }

    [Fact]
    public void UniqueId_is_the_incoming_one_or_one_of_our_own_with_the_id_of_the_log()
    {
        Assert.Equal("theirs", Text(UniqueId, Incoming((5, "theirs"))));
        var own = Text(UniqueId, Incoming((5, new string('x', 129))))!;
        Assert.EndsWith("-7", own, StringComparison.Ordinal);
        Assert.InRange(own.Length, 34, 128);
        var longest = Assert.Single(ClientTlvs.For([UniqueId], long.MaxValue)).Value;
        Assert.InRange(longest.Length, 1, 128);
        Assert.StartsWith(own[..33], Encoding.UTF8.GetString(longest.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void Ssl_says_how_TLS_was_terminated()
    {
        var value = Assert.Single(ClientTlvs.For([Ssl], 1, Incoming((0x20, "theirs")), s_hello, s_tls)).Value.ToArray();
        // PP2_CLIENT_SSL; no certificate was verified.
        Assert.Equal([1, 0, 0, 0, 1], value[..5]);
        Assert.Equal([(0x21, "TLSv1.3"), (0x23, "TLS_AES_256_GCM_SHA384")], Within(value));
    }

    [Fact]
    public void Ssl_names_the_client_of_a_verified_certificate()
    {
        var tls = s_tls with
        {
            Protocol = SslProtocols.Tls12, CipherSuite = TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            ClientCertificate = new TestPki().Root, ClientCommonName = "Zoë",
        };
        var value = Assert.Single(ClientTlvs.For([Ssl], 1, tls: tls)).Value.ToArray();
        Assert.Equal([7, 0, 0, 0, 0], value[..5]);
        Assert.Equal([(0x21, "TLSv1.2"), (0x22, "Zoë"), (0x23, "ECDHE-RSA-AES128-GCM-SHA256")], Within(value));
        Assert.DoesNotContain(
            Within(Assert.Single(ClientTlvs.For([Ssl], 1, tls: tls with { ClientCommonName = new string('x', 257) })).Value.ToArray()),
            tlv => tlv.Type == 0x22);
    }

    [Fact]
    public void Ssl_of_the_incoming_header_is_passed_on_where_TLS_does_not_end_here() =>
        Assert.Equal("theirs", Text(Ssl, Incoming((0x20, "theirs")), s_hello));

    [Theory]
    [InlineData(Authority, 2, 255)]
    [InlineData(Alpn, 1, 255)]
    [InlineData(Ssl, 0x20, 512)]
    public void What_came_in_too_long_is_not_passed_on(L4ProxyProtocolTlv kind, byte type, int longest)
    {
        Assert.Equal(longest, Text(kind, Incoming((type, new string('x', longest))))!.Length);
        Assert.Null(Text(kind, Incoming((type, new string('x', longest + 1)))));
    }

    private static string? Text(L4ProxyProtocolTlv kind, ProxyHeader? incoming = null, ClientHello? hello = null, TlsFacts? tls = null) =>
        ClientTlvs.For([kind], 7, incoming, hello, tls) is [var tlv] ? Encoding.UTF8.GetString(tlv.Value.Span) : null;

    private static ProxyHeader Incoming(params (byte Type, string Text)[] tlvs) => new()
    {
        Version = 2, Tlvs = [.. tlvs.Select(tlv => new ProxyTlv(tlv.Type, Encoding.UTF8.GetBytes(tlv.Text)))],
    };

    private static IEnumerable<(int Type, string Text)> Within(byte[] ssl) =>
        WrittenHeader.ReadTlvs(ssl.AsSpan(5)).Select(tlv => ((int)tlv.Type, Encoding.UTF8.GetString(tlv.Value)));
}
