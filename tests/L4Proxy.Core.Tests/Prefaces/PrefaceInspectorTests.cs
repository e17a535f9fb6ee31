using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class PrefaceInspectorTests
{
    private static PrefaceInfo Inspect(string text) => PrefaceInspector.Inspect(Encoding.Latin1.GetBytes(text));

    [Fact]
    public void No_bytes_leave_everything_possible()
    {
        var info = Inspect("");

        Assert.Equal((KnownProtocols.None, KnownProtocols.All), (info.Recognised, info.Possible));
        Assert.True(info.MayBringClientHello);
        Assert.Equal(info, default);
    }

    [Theory]
    [InlineData("SS", KnownProtocols.None, KnownProtocols.Ssh | KnownProtocols.Http)]
    [InlineData("SSH", KnownProtocols.None, KnownProtocols.Ssh | KnownProtocols.Http)]
    [InlineData("SSH-", KnownProtocols.Ssh, KnownProtocols.Http)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", KnownProtocols.Ssh, KnownProtocols.None)]
    [InlineData("GET ", KnownProtocols.None, KnownProtocols.Http)]
    [InlineData("GET / HTTP/1.1\r\n", KnownProtocols.Http, KnownProtocols.None)]
    [InlineData("\u0016", KnownProtocols.None, KnownProtocols.Tls)]
    [InlineData("\u0010\u000c\0\u0004MQTT", KnownProtocols.None, KnownProtocols.None)]
    public void Bytes_tell_protocols_apart(string text, object recognised, object possible)
    {
        var info = Inspect(text);

        Assert.Equal((recognised, possible), (info.Recognised, info.Possible));
    }

    [Fact]
    public void Tls_is_recognised_before_its_hello_is_whole()
    {
        var bytes = CapturedHello.Named("chromium").Bytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            var info = PrefaceInspector.Inspect(bytes.AsSpan(0, length));
            Assert.Equal(length >= 6 ? KnownProtocols.Tls : KnownProtocols.None, info.Recognised);
            Assert.Equal(length >= 6, info.ClientHelloPending);
            Assert.True(info.MayBringClientHello);
            Assert.Null(info.ClientHello);
        }

        var whole = PrefaceInspector.Inspect(bytes);
        Assert.Equal((KnownProtocols.Tls, KnownProtocols.None, false), (whole.Recognised, whole.Possible, whole.MayBringClientHello));
        Assert.Equal("chromium.example.com", whole.ClientHello?.ServerName);
    }

    [Fact]
    public void Tls_whose_hello_cannot_be_decoded_stays_tls_without_one()
    {
        var info = PrefaceInspector.Inspect(new HelloBuilder { CipherSuites = [] }.Bytes());

        Assert.Equal((KnownProtocols.Tls, false, null), (info.Recognised, info.MayBringClientHello, info.ClientHello));
    }

    [Theory]
    [InlineData("tls", true)]
    [InlineData("http", true)]
    [InlineData("ssh", true)]
    [InlineData("TLS", false)]
    [InlineData("", false)]
    public void A_protocol_has_a_name(string text, bool valid) =>
        Assert.Equal(valid, ProtocolName.TryParse(text, out _, out var error) && error is null);
}
