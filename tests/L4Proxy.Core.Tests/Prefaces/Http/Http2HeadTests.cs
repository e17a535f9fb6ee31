using L4Proxy.Prefaces;
using L4Proxy.Prefaces.Http;

namespace L4Proxy.Core.Tests.Prefaces.Http;

public class Http2HeadTests
{
    private static readonly byte[] s_settings = Frame(4, 0, 0);

    public static TheoryData<string, string, string> Clients => new()
    {
        { "curl --http2-prior-knowledge", "a.example.com", "/x/y" },
        { "nginx 1.22 grpc_pass", "g.example.com", "/pkg.Service/Method" },
        { "SocketsHttpHandler of .NET 10", "b.example.com", "/path/é" },
    };

    [Theory]
    [MemberData(nameof(Clients))]
    public void The_first_request_of_a_client_is_read(string client, string host, string path)
    {
        var bytes = PrefaceCorpus.All.Single(one => one.Client == client).Bytes;

        for (var length = Http2Head.Preface.Length; length <= bytes.Length; length++)
        {
            var status = new HttpRequestPreface().Read(bytes.AsSpan(0, length), out var content);
            Assert.Equal(length < bytes.Length ? PrefaceStatus.NeedMore : PrefaceStatus.Found, status);
            Assert.Equal(length < bytes.Length ? null : new HttpRequest(host, path), content);
        }
    }

    [Fact]
    public void A_preface_alone_is_http2()
    {
        PrefixAssert.FoundAt(24, new Http2Preface(), Http2Head.Preface);
        PrefixAssert.NotMine(new Http2Preface(), "PRI * HTTP/1.1\r\n\r\n"u8);
        PrefixAssert.NotMine(new Http2Preface(), "GET / HTTP/1.1\r\n\r\n"u8);
    }

    [Fact]
    public void Frames_that_may_come_first_are_passed_over() => Assert.Equal(
        new HttpRequest("a.test", "/"),
        Read(s_settings, Frame(8, 0, 0, 0, 0, 1, 0), Frame(6, 0, 0, new byte[8]), Frame(2, 0, 3, new byte[5]), Frame(4, 1, 0), Frame(0x10, 0, 0, 1, 2), Frame(0xb7, 0xff, 9, 1), Request(":authority: a.test", ":path: /")));

    [Fact]
    public void Padding_and_priority_are_taken_off()
    {
        var block = Block(":authority: a.test", ":path: /x");

        Assert.Equal(new HttpRequest("a.test", "/x"), Read(s_settings, Frame(1, 0x2c, 1, [3, 0, 0, 0, 0, 7, .. block, 0, 0, 0])));
        Assert.Equal(new HttpRequest("a.test", "/x"), Read(s_settings, Frame(1, 0x0c, 1, [0, .. block])));
        Assert.NotNull(Read(s_settings, Frame(1, 0x0c, 1, [(byte)(block.Length + 1), .. block])).Fault);
        Assert.NotNull(Read(s_settings, Frame(1, 0x24, 1, 0, 0, 0)).Fault);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void A_block_goes_on_in_CONTINUATION(int size)
    {
        var parts = Block(":authority: a.test", ":path: /x", "cookie: " + new string('c', 50)).Chunk(size).ToArray();
        var frames = parts.Select((part, i) => Frame((byte)(i == 0 ? 1 : 9), (byte)(i == parts.Length - 1 ? 4 : 0), 1, part)).ToArray();

        Assert.Equal(new HttpRequest("a.test", "/x"), Read([s_settings, .. frames]));
        if (frames.Length < 2)
            return;
        Assert.NotNull(Read(s_settings, frames[0], Frame(8, 0, 0, 0, 0, 1, 0)).Fault);
        Assert.NotNull(Read(s_settings, frames[0], Frame(9, 4, 3, parts[1])).Fault);
        Assert.Equal(PrefaceStatus.NeedMore, new HttpRequestPreface().Read(Join([s_settings, .. frames[..^1]]), out _));
    }

    [Theory]
    [InlineData("a.test", "/x", ":method: GET", ":authority: a.test", ":path: /x", "host: A.test:80")]
    [InlineData("a.test", "/x", ":path: /x", "host: a.test")]
    [InlineData(null, "/x", ":path: /x")]
    [InlineData("a.test", null, ":method: OPTIONS", ":path: *", ":authority: a.test")]
    [InlineData("a.test", null, ":method: CONNECT", ":authority: a.test:443")]
    [InlineData("[::1]", "/", ":path: /?x", ":authority: [0::1]:1")]
    public void Host_and_path_are_what_the_fields_say(string? host, string? path, params string[] fields) =>
        Assert.Equal(new HttpRequest(host, path), Read(s_settings, Request(fields)));

    [Theory]
    [InlineData(":authority: a.test", ":authority: a.test")]
    [InlineData(":path: /", ":path: /a", ":authority: a.test")]
    [InlineData(":path: /", "x: y", ":authority: a.test")]
    [InlineData(":path: /", "host: a.test", "host: a.test")]
    [InlineData(":path: /", "Host: a.test")]
    [InlineData(":path: /", ":authority: a.test", "host: b.test")]
    [InlineData(":path: ", ":authority: a.test")]
    [InlineData(":path: x", ":authority: a.test")]
    [InlineData(":path: /", ":authority: u@a.test")]
    [InlineData(":path: /", ":authority: a.test", "host: ,")]
    public void What_servers_read_in_different_ways_is_not_read(params string[] fields)
    {
        var request = Read(s_settings, Request(fields));

        Assert.Equal((null, null), (request.Host, request.Path));
        Assert.NotNull(request.Fault);
    }

    [Fact]
    public void Frames_that_may_not_come_first_end_it()
    {
        var request = Request(":authority: a.test", ":path: /");

        Assert.Equal(new HttpRequest("a.test", "/"), Read(s_settings, request));
        Assert.Contains("SETTINGS", Read(request).Fault, StringComparison.Ordinal);
        Assert.Contains("SETTINGS", Read(Frame(4, 1, 0), request).Fault, StringComparison.Ordinal);
        Assert.Contains("SETTINGS", Read(Frame(4, 0, 1), request).Fault, StringComparison.Ordinal);
        Assert.All((byte[])[0, 3, 5, 7, 9], type => Assert.NotNull(Read(s_settings, Frame(type, 0, 1, new byte[8]), request).Fault));
        Assert.All((uint[])[0, 2], stream => Assert.NotNull(Read(s_settings, Frame(1, 4, stream, Block(":path: /"))).Fault));
        Assert.Contains("longer", Read(s_settings, [0, 0x40, 1, 8, 0, 0, 0, 0, 0]).Fault, StringComparison.Ordinal);
        Assert.Contains("HPACK", Read(s_settings, Frame(1, 4, 1, 0xff)).Fault, StringComparison.Ordinal);
        // Of a field that is not kept: its name, in a code that is none.
        Assert.Contains("HPACK", Read(s_settings, Frame(1, 4, 1, 0, 0x81, 0xff, 0)).Fault, StringComparison.Ordinal);
        Assert.Contains("HPACK", Read(s_settings, Frame(1, 4, 1, 1, 0x81, 0xff)).Fault, StringComparison.Ordinal);
        Assert.Contains("HPACK", Read(s_settings, Frame(1, 4, 1, 4, 0x81, 0xff)).Fault, StringComparison.Ordinal);
    }

    private static HttpRequest Read(params byte[][] frames)
    {
        Assert.Equal(PrefaceStatus.Found, new HttpRequestPreface().Read(Join(frames), out var content));
        return Assert.IsType<HttpRequest>(content);
    }

    private static byte[] Join(byte[][] frames) => [.. Http2Head.Preface, .. frames.SelectMany(frame => frame)];

    private static byte[] Request(params string[] fields) => Frame(1, 5, 1, Block(fields));

    private static byte[] Block(params string[] fields) =>
        new HpackWriter(4096).Write(fields.Select((field, i) =>
        {
            var colon = field.IndexOf(':', 1);
            return new HpackWriter.Field(field[..colon], field[(colon + 2)..], i % 3, i % 2 == 0);
        }));

    private static byte[] Frame(byte type, byte flags, uint stream, params byte[] payload) =>
        [0, (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, (byte)(stream >> 8), (byte)stream, .. payload];
}
