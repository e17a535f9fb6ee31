using System.Text;
using L4Proxy.Prefaces;
using L4Proxy.Prefaces.Http;

namespace L4Proxy.Core.Tests.Prefaces.Http;

public class Http1HeadTests
{
    [Theory]
    [InlineData("GET /a?b HTTP/1.1\r\nHost: a.test\r\n\r\n", "a.test", "/a")]
    [InlineData("GET / HTTP/1.0\r\nHOST:\tA.Test.:8080 \r\n\r\n", "a.test", "/")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", null, "/")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n", null, "/")]
    [InlineData("\r\nPOST /x HTTP/1.1\r\nA: b\r\nhost: a.test\r\nContent-Length: 1\r\n\r\nHost: b.test\r\n\r\n", "a.test", "/x")]
    [InlineData("GET http://b.test:81/a?b HTTP/1.1\r\nHost: a.test\r\n\r\n", "b.test", "/a")]
    [InlineData("GET HTTPS://b.test HTTP/1.0\r\nHost: b.test\r\n\r\n", "b.test", "/")]
    [InlineData("GET http://b.test?a/b HTTP/1.1\r\nHost: b.test\r\n\r\n", "b.test", "/")]
    [InlineData("CONNECT b.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n", "b.test", null)]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: a.test\r\n\r\n", "a.test", null)]
    [InlineData("GET / HTTP/1.1\r\nHost: [2001:DB8:0::1]:80\r\n\r\n", "[2001:db8::1]", "/")]
    [InlineData("GET / HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n", "192.0.2.1", "/")]
    [InlineData("GET / HTTP/1.1\r\nX: a\u0001\u00e9\r\nHost: a.test\r\n\r\n", "a.test", "/")]
    public void Host_and_path_are_read_at_the_empty_line(string head, string? host, string? path)
    {
        var bytes = Encoding.Latin1.GetBytes(head);
        var end = head.IndexOf("\r\n\r\n", 2, StringComparison.Ordinal) + 4;

        for (var length = 0; length <= bytes.Length; length++)
        {
            if (new HttpRequestPreface().Recognise(bytes.AsSpan(0, length)) != PrefaceStatus.Found)
                continue;
            var status = new HttpRequestPreface().Read(bytes.AsSpan(0, length), out var content);
            Assert.Equal((length, length < end ? PrefaceStatus.NeedMore : PrefaceStatus.Found), (length, status));
            Assert.Equal(length < end ? null : new HttpRequest(host, path), content);
        }
    }

    [Fact]
    public void Only_who_asks_for_the_request_gets_it()
    {
        var bytes = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"u8;

        Assert.Equal((null, ""), (PrefaceInspector.Inspect(bytes, AllParsers.Named("http http2")).Content, PrefaceInspector.Inspect(bytes, AllParsers.Named("http")).Pending.ToString()));
        Assert.NotNull(PrefaceInspector.Inspect(bytes, AllParsers.Named("http") | PrefaceParsers.WithHttpRequest).HttpRequest);
    }

    /// <summary>What one server reads in one way and another server in another: whoever sends it could be routed by one host, and served by another.</summary>
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nhost: a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost : a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: b.test\r\nHost : a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\n Host: b.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\n\tb\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n Host: a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\nX: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: a.test\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\n\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: a\rHost: b.test\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\u0000b.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX: \u0000\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nX\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\n: x\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test b.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: u@a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test:x\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test:80:80\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a..test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: 127.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: [::1%25eth0]\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: [a.test]\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: \u00e9.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.2\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.1 \r\nHost: a.test\r\n\r\n")]
    [InlineData("GET / HTTP/1.10\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET a.test HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET * HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET ftp://a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET http:/// HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET http://u@a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.1\r\nHost: b..test\r\n\r\n")]
    [InlineData("GET /\u00fc HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    [InlineData("GET http://a.test/ HTTP/1.0\r\n\r\n")]
    [InlineData("CONNECT a.test:80 HTTP/1.0\r\n\r\n")]
    [InlineData("CONNECT / HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    public void What_servers_read_in_different_ways_is_not_read(string head)
    {
        var bytes = Encoding.Latin1.GetBytes(head);

        Assert.Equal(PrefaceStatus.Found, new HttpRequestPreface().Recognise(bytes));
        Assert.Equal(PrefaceStatus.Found, new HttpRequestPreface().Read(bytes, out var content));
        var request = Assert.IsType<HttpRequest>(content);
        Assert.Equal((null, null), (request.Host, request.Path));
        Assert.NotNull(request.Fault);
    }
}
