using System.Text;
using L4Proxy.Prefaces;

namespace L4Proxy.Core.Tests.Prefaces;

public class HttpPrefaceTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", 13)]
    [InlineData("GET / HTTP/1.0\r\n", 13)]
    [InlineData("\r\nGET / HTTP/1.1\r\n", 15)]
    [InlineData("OPTIONS * HTTP/1.1\r\n", 17)]
    [InlineData("CONNECT example.com:443 HTTP/1.1\r\n", 31)]
    [InlineData("POST http://example.com/a?b=c HTTP/1.1\r\n", 37)]
    [InlineData("VERSION-CONTROL /ü HTTP/1.1\r\n", 27)]
    [InlineData("PRI * HTTP/1.1\r\n", 13)]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24)]
    [InlineData("PUT /a HTTP/1.1\r\n", 14)]
    public void A_request_is_recognised_as_soon_as_its_version_is_there(string request, int length)
    {
        var bytes = Encoding.UTF8.GetBytes(request);
        for (var i = 0; i < bytes.Length; i++)
            Assert.Equal(i < length ? PrefaceStatus.NeedMore : PrefaceStatus.Found, new HttpPreface().Recognise(bytes.AsSpan(0, i)));
        Assert.Equal(PrefaceStatus.Found, new HttpPreface().Recognise(bytes));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("\r\r")]
    [InlineData("\r\n\r\n")]
    [InlineData("GET\r")]
    [InlineData("GET\t")]
    [InlineData("GET  ")]
    [InlineData("GET /\r")]
    [InlineData("GET /\u007f")]
    [InlineData("GET / \r")]
    [InlineData("GET / HTTP/3")]
    [InlineData("GET / http/1.1")]
    [InlineData("get ")]
    [InlineData("SSH-2")]
    [InlineData("*1\r\n")]
    [InlineData("PING\r\n")]
    [InlineData("OPTIONS rtsp://a RTSP/1.0")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG")]
    public void Another_protocol_is_told_apart(string text)
    {
        var bytes = Encoding.Latin1.GetBytes(text);

        Assert.Equal(PrefaceStatus.NotMine, new HttpPreface().Recognise(bytes));
        Assert.Equal(PrefaceStatus.NeedMore, new HttpPreface().Recognise(bytes.AsSpan(0, 0)));
    }

    [Fact]
    public void An_endless_target_is_waited_for() =>
        Assert.Equal(PrefaceStatus.NeedMore, new HttpPreface().Recognise(Encoding.ASCII.GetBytes("GET /" + new string('a', 20000))));
}
