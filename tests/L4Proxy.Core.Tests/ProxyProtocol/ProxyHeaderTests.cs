using System.Text;
using L4Proxy.ProxyProtocol;
using static L4Proxy.Core.Tests.ProxyProtocol.SampleHeader;

namespace L4Proxy.Core.Tests.ProxyProtocol;

/// <summary>What a header says beside the addresses.</summary>
public class ProxyHeaderTests
{
    [Theory]
    [InlineData("haproxy v2 ssl", false)]
    [InlineData("haproxy v2 cert", true)]
    public void What_haproxy_says_of_TLS_is_read(string name, bool certificate)
    {
        var header = ProxyHeaderParser.Parse(Named(name).Bytes).Header!;

        Assert.Equal(("a.example.com", "h2", 36), (header.Authority, header.Alpn, header.UniqueId!.Value.Length));
        var ssl = header.Ssl!;
        Assert.Equal(("TLSv1.3", "TLS_AES_256_GCM_SHA384"), (ssl.Version, ssl.Cipher));
        Assert.Equal(("ecdsa-with-SHA256", "EC256"), (ssl.SignatureAlgorithm, ssl.KeyAlgorithm));
        Assert.Equal(certificate ? "client.example.com" : null, ssl.CommonName);
        // HAProxy writes verify = 0 also where there is no certificate to verify.
        Assert.Equal((true, certificate, certificate, certificate), (ssl.IsTls, ssl.HasCertificate, ssl.HasSessionCertificate, ssl.IsVerified));
    }

    [Fact]
    public void What_is_not_there_is_null()
    {
        foreach (var header in new[] { With(), ProxyHeaderParser.Parse(Named("haproxy v1 4").Bytes).Header! })
        {
            Assert.Null(header.Authority);
            Assert.Null(header.Alpn);
            Assert.Null(header.UniqueId);
            Assert.Null(header.Ssl);
            Assert.Null(header.Find(0xEA));
            Assert.Empty(header.Tlvs);
        }
    }

    [Fact]
    public void What_cannot_be_read_is_null_and_stays_among_the_TLVs()
    {
        var header = With(Tlv(1, [0xFF]), Tlv(2, Encoding.ASCII.GetBytes("a\r\nb")), Tlv(5, new byte[129]), Tlv(0x20, [1, 0, 0, 0]));

        Assert.Null(header.Alpn);
        Assert.Null(header.Authority);
        Assert.Null(header.UniqueId);
        Assert.Null(header.Ssl);
        Assert.Equal(4, header.Tlvs.Length);
        Assert.Null(With(Tlv(0x20, [1, 0, 0, 0, 0, 0x21, 0, 9])).Ssl);
    }

    [Fact]
    public void The_first_of_several_counts() => Assert.Equal("a", With(Tlv(2, "a"u8.ToArray()), Tlv(2, "b"u8.ToArray())).Authority);

    [Fact]
    public void A_certificate_that_was_not_verified_is_not()
    {
        var ssl = With(Tlv(0x20, [3, 0, 0, 0, 1])).Ssl!;

        Assert.Equal((true, true, false, false), (ssl.IsTls, ssl.HasCertificate, ssl.HasSessionCertificate, ssl.IsVerified));
        Assert.Null(ssl.Version);
    }

    [Fact]
    public void Text_may_be_of_any_language() => Assert.Equal("ä.example", With(Tlv(2, Encoding.UTF8.GetBytes("ä.example"))).Authority);
}
