using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class PrefaceInspectorTests
{
    private static PrefaceInfo Inspect(string text) => AllParsers.Inspect(Encoding.Latin1.GetBytes(text));

    [Fact]
    public void No_bytes_leave_everything_possible()
    {
        var info = Inspect("");

        Assert.Equal(("", default(PrefaceInfo).Possible.ToString()), (info.Recognised.ToString(), info.Possible.ToString()));
        Assert.True(info.MayBringClientHello);
        Assert.Equal(info, default);
    }

    [Theory]
    [InlineData("SS", "", "http ssh imap")]
    [InlineData("SSH", "", "http ssh imap")]
    [InlineData("SSH-", "ssh", "http")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "ssh", "")]
    [InlineData("GET ", "", "http imap")]
    [InlineData("GET / HTTP/1.1\r\n", "http", "")]
    [InlineData("\u0016", "", "tls")]
    [InlineData("\u0010\u000c\0\u0004MQTT", "", "mqtt")]
    [InlineData("\u0020\u0002\0\0", "", "")]
    public void Bytes_tell_protocols_apart(string text, string recognised, string possible)
    {
        var info = Inspect(text);

        Assert.Equal((recognised, possible), (info.Recognised.ToString(), info.Possible.ToString()));
    }

    [Fact]
    public void Tls_is_recognised_before_its_hello_is_whole()
    {
        var bytes = CapturedHello.Named("chromium").Bytes();
        for (var length = 0; length < bytes.Length; length++)
        {
            var info = AllParsers.Inspect(bytes.AsSpan(0, length));
            Assert.Equal(length >= 6 ? "tls" : "", info.Recognised.ToString());
            Assert.Equal(length >= 6, info.Pending.HasAny(PrefaceParsers.Tls));
            Assert.True(info.MayBringClientHello);
            Assert.Null(info.ClientHello);
        }

        var whole = AllParsers.Inspect(bytes);
        Assert.Equal(("tls", "", false), (whole.Recognised.ToString(), whole.Possible.ToString(), whole.MayBringClientHello));
        Assert.Equal("chromium.example.com", whole.ClientHello?.ServerName);
    }

    [Fact]
    public void Tls_whose_hello_cannot_be_decoded_stays_tls_without_one()
    {
        var info = AllParsers.Inspect(new HelloBuilder { CipherSuites = [] }.Bytes());

        Assert.Equal(("tls", false, null), (info.Recognised.ToString(), info.MayBringClientHello, info.ClientHello));
    }

    [Theory]
    [InlineData("tls", true)]
    [InlineData("http", true)]
    [InlineData("ssh", true)]
    [InlineData("TLS", false)]
    [InlineData("", false)]
    public void A_protocol_has_a_name(string text, bool valid) =>
        Assert.Equal(valid, PrefaceParsers.TryFind(text, out _));

    [Fact]
    public void Nobody_looks_for_what_is_not_wanted()
    {
        var info = PrefaceInspector.Inspect("SSH-2.0-x\r\n"u8, AllParsers.Named("tls http"));

        Assert.Equal(("", "tls http"), (info.Recognised.ToString(), info.RuledOut.ToString()));
    }
}
