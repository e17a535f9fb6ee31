using System.Net;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary><c>Expect: 100-continue</c>: a body is sent only to a backend that wants it (RFC 9110 section 10.1.1).</summary>
public sealed class ExpectContinueTests
{
    // The body of one that is smaller than 1 KiB is sent by .NET's client all the same, so that its connection can be used again.
    private const int Length = 100_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, string, BackendProtocol, int> Refusals =>
        new(Enum.GetValues<Door>(), ["1.1", "2.0"], [BackendProtocol.Http1, BackendProtocol.H2c], [401, 417]);

    public static MatrixTheoryData<Door, string, BackendProtocol> Ways =>
        new(Enum.GetValues<Door>(), ["1.1", "2.0"], [BackendProtocol.Http1, BackendProtocol.H2c]);

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_backend_that_refuses_is_sent_no_body(Door door, string version, BackendProtocol protocol, int status)
    {
        await using var backend = await WebBackend.StartAsync(protocol, app => app.MapPost("/upload", () => Results.StatusCode(status)));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(Version.Parse(version));
        using var body = new CountedContent();
        using var request = Request(version, body);

        using var answer = await client.SendAsync(request, Token);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(0, body.Sent);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_backend_that_asks_for_the_body_gets_it(Door door, string version, BackendProtocol protocol)
    {
        await using var backend = await WebBackend.StartAsync(protocol, app => app.MapPost(
            "/upload", async (HttpRequest request) => $"{request.Headers.Expect} {(await new StreamReader(request.Body).ReadToEndAsync()).Length}"));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(Version.Parse(version));
        using var body = new CountedContent();
        using var request = Request(version, body);

        using var answer = await client.SendAsync(request, Token);

        Assert.Equal($"100-continue {Length}", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal(1, body.Sent);
    }

    private static HttpRequestMessage Request(string version, HttpContent body) =>
        new(HttpMethod.Post, "/upload") { Version = Version.Parse(version), Content = body, Headers = { ExpectContinue = true } };

    /// <summary>A body that knows how often it was sent.</summary>
    private sealed class CountedContent : HttpContent
    {
        public int Sent { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            Sent++;
            return stream.WriteAsync(new byte[Length]).AsTask();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = Length;
            return true;
        }
    }
}
