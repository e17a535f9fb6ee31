using System.Net;
using System.Net.Security;
using System.Text;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Targets and headers, as nginx, HAProxy and Caddy pass them on: byte for byte.</summary>
public sealed class AsWrittenTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<Door> Doors => [.. Enum.GetValues<Door>()];

    [Theory]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a%252Fb", "/a%252Fb")]
    [InlineData("/%61%20%c3%a9?x=%zz&y=%2e%41", "/%61%20%c3%a9?x=%zz&y=%2e%41")]
    [InlineData("/a/%2e%2e/b%2Fc", "/b%252Fc")]
    [InlineData("/a%2F../b", "/a%252F../b")]
    [InlineData("/a/../b?x=%20", "/b?x=%20")]
    [InlineData("http://web.example.com/a%20b", "/a%20b")]
    public async Task A_target_stays_what_the_client_wrote_unless_it_has_dots(string written, string target)
    {
        await using var backend = await WebBackend.StartAsync(
            BackendProtocol.Http1, app => app.Map("/{**rest}", (HttpContext context) => $"target {context.Features.Get<IHttpRequestFeature>()!.RawTarget} end"));
        await using var edge = await L7Edge.StartAsync(Door.Tls, backend.Cluster);

        Assert.Contains($"target {target} end", await AskAsync(edge, written, "x"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Bytes_of_a_header_that_are_not_ASCII_come_to_the_backend(Door door)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/name", (HttpRequest request) => request.Headers["X-Name"].ToString()));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);

        Assert.Contains("café €", await AskAsync(edge, "/name", "café €"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Bytes_of_a_header_that_are_not_ASCII_come_to_the_client(Door door)
    {
        foreach (var value in (string[])["caf\u00e9", "caf\u00c3\u00a9"])
        {
            await using var backend = RawBackend.Speaking($"HTTP/1.1 200 OK\r\nX-Name: {value}\r\nContent-Length: 0\r\n\r\n");
            await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
            using var client = edge.CreateClient(HttpVersion.Version20);

            using var answer = await client.GetAsync(new Uri("/", UriKind.Relative), Token);

            Assert.Equal(value, Assert.Single(answer.Headers.GetValues("X-Name")));
        }
    }

    private static async Task<string> AskAsync(L7Edge edge, string target, string header)
    {
        await using var tls = await edge.HandshakeAsync(SslApplicationProtocol.Http11);
        await tls.WriteAsync(Encoding.UTF8.GetBytes($"GET {target} HTTP/1.1\r\nHost: {L7Edge.Name}\r\nX-Name: {header}\r\nConnection: close\r\n\r\n"), Token);
        return await new StreamReader(tls).ReadToEndAsync(Token).InTime();
    }
}
