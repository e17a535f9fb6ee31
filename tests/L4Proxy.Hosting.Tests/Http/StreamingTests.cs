using System.Net;
using System.Text;
using System.Threading.Channels;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Bodies that are passed on as they come.</summary>
public sealed class StreamingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, string, BackendProtocol> Ways =>
        new(Enum.GetValues<Door>(), ["1.1", "2.0"], [BackendProtocol.Http1, BackendProtocol.H2c]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Events_of_the_server_arrive_before_the_next_is_sent(Door door, string version, BackendProtocol protocol)
    {
        var events = Channel.CreateUnbounded<string>();
        await using var backend = await WebBackend.StartAsync(protocol, app => app.MapGet("/events", async (HttpContext context) =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.Body.FlushAsync();
            await foreach (var one in events.Reader.ReadAllAsync(context.RequestAborted))
                await context.Response.WriteAsync($"data: {one}\n\n");
        }));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(Version.Parse(version));

        // It is open before there is anything to say.
        using var answer = await client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Token).InTime();
        Assert.True(events.Writer.TryWrite("0"));
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Token));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal($"data: {i}", await lines.ReadLineAsync(Token).InTime());
            Assert.Equal("", await lines.ReadLineAsync(Token).InTime());
            Assert.True(events.Writer.TryWrite($"{i + 1}"));
        }
        events.Writer.Complete();

        Assert.Equal("data: 5\n\n", await lines.ReadToEndAsync(Token).InTime());
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    public async Task Bodies_go_both_ways_at_once_over_HTTP_2(Door door)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.H2c, app => app.MapPost("/echo", EchoAsync));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version20);
        using var body = new WrittenContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = body, Version = HttpVersion.Version20 };

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        var (writing, reading) = (await body.Stream.InTime(), await answer.Content.ReadAsStreamAsync(Token));
        for (var i = 0; i < 5; i++)
        {
            await writing.WriteAsync(Encoding.ASCII.GetBytes($"word {i}"), Token);
            await writing.FlushAsync(Token);
            await ExpectAsync(reading, $"word {i}");
        }
        body.Complete();

        Assert.Equal(0, await reading.ReadAsync(new byte[1], Token).InTime());
    }

    [Theory]
    [ClassData(typeof(Doors))]
    public async Task Bodies_go_both_ways_at_once_over_HTTP_1(Door door)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.H2c, app => app.MapPost("/echo", EchoAsync));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        await using var tls = await edge.HandshakeAsync();
        await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST /echo HTTP/1.1\r\nHost: {L7Edge.Name}\r\nTransfer-Encoding: chunked\r\n\r\n"), Token);

        while (await ReadLineAsync(tls) is { Length: > 0 })
        {
            // The answer's head is here, and nothing of a body has been sent.
        }
        for (var i = 0; i < 5; i++)
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"6\r\nword {i}\r\n"), Token);
            await ExpectAsync(tls, $"6\r\nword {i}\r\n");
        }
        await tls.WriteAsync("0\r\n\r\n"u8.ToArray(), Token);

        await ExpectAsync(tls, "0\r\n\r\n");
    }

    private static async Task EchoAsync(HttpContext context)
    {
        await context.Response.StartAsync();
        await context.Response.Body.FlushAsync();
        var buffer = new byte[1024];
        while (await context.Request.Body.ReadAsync(buffer) is > 0 and var count)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, count));
            await context.Response.Body.FlushAsync();
        }
    }

    private static async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < 2 || line[^1] != '\n')
        {
            await stream.ReadExactlyAsync(one, Token).AsTask().InTime();
            line.Append((char)one[0]);
        }
        return line.ToString().TrimEnd();
    }

    private static async Task ExpectAsync(Stream stream, string expected)
    {
        var received = new byte[expected.Length];
        await stream.ReadExactlyAsync(received, Token).AsTask().InTime();
        Assert.Equal(expected, Encoding.ASCII.GetString(received));
    }

    /// <summary>A body that a test writes.</summary>
    private sealed class WrittenContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<Stream> Stream => _stream.Task;

        public void Complete() => _complete.SetResult();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync();
            _stream.SetResult(stream);
            await _complete.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
