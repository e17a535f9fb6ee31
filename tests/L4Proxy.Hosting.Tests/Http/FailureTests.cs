using System.Net;
using L4Proxy.Hosting.Tests.Http.Backends;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>What a client is told where its backend fails.</summary>
public sealed class FailureTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, string> Ways => new(Enum.GetValues<Door>(), ["1.1", "2.0"]);

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D3")]
    public async Task A_backend_that_never_answers_is_504(Door door, string version)
    {
        await using var backend = RawBackend.Stalled();

        await ExpectAsync(HttpStatusCode.GatewayTimeout, door, version, $$"""{{backend.Cluster}}, "Http": { "Timeout": "00:00:01" }""");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D3")]
    public async Task A_port_that_is_closed_is_502(Door door, string version)
    {
        await using var backend = RawBackend.Closed();

        await ExpectAsync(HttpStatusCode.BadGateway, door, version, backend.Cluster);
    }

    [Theory]
    [InlineData(BackendProtocol.H2c)]
    [InlineData(BackendProtocol.H2)]
    [Trait("Row", "D3")]
    public async Task A_port_that_is_closed_is_502_whatever_is_spoken_there(BackendProtocol protocol)
    {
        await using var closed = RawBackend.Closed();
        await using var other = await WebBackend.StartAsync(protocol, _ => { });

        await ExpectAsync(HttpStatusCode.BadGateway, Door.Tls, "2.0", $"{closed.Cluster}, {other.How}");
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D3")]
    public async Task A_backend_that_resets_instead_of_answering_is_502(Door door, string version)
    {
        await using var backend = RawBackend.Resetting();

        await ExpectAsync(HttpStatusCode.BadGateway, door, version, backend.Cluster);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Len")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n")]
    [Trait("Row", "D3")]
    public async Task A_backend_that_speaks_no_HTTP_is_502(string answer)
    {
        await using var backend = RawBackend.Speaking(answer);

        await ExpectAsync(HttpStatusCode.BadGateway, Door.Tls, "2.0", backend.Cluster);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_backend_that_goes_over_to_something_else_unasked_is_502(string version)
    {
        await using var backend = RawBackend.Speaking("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nx");

        await ExpectAsync(HttpStatusCode.BadGateway, Door.Tls, version, backend.Cluster);
    }

    [Fact]
    [Trait("Row", "D3")]
    public async Task A_backend_whose_certificate_is_not_trusted_is_502()
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.H2, _ => { });

        await ExpectAsync(HttpStatusCode.BadGateway, Door.Tls, "2.0",
            $$""" "Destinations": { "a": { "Address": "127.0.0.1:{{backend.Port}}" } }, "Http": { "Protocol": "h2" }, "Tls": { "ServerName": "localhost" } """);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D3")]
    public async Task A_cluster_whose_destinations_are_all_disabled_is_503(Door door, string version) =>
        await ExpectAsync(HttpStatusCode.ServiceUnavailable, door, version,
            """ "Destinations": { "a": { "Address": "127.0.0.1:9", "Enabled": false } } """);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_answer_that_breaks_off_is_no_whole_one(Door door, string version)
    {
        await using var backend = RawBackend.Truncating();
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(Version.Parse(version));

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetByteArrayAsync("/seen", Token));
    }

    /// <summary>A small answer in plain text, and the connection goes on.</summary>
    private static async Task ExpectAsync(HttpStatusCode status, Door door, string version, string cluster)
    {
        await using var edge = await L7Edge.StartAsync(door, cluster);
        using var client = edge.CreateClient(Version.Parse(version));

        for (var i = 0; i < 2; i++)
        {
            using var answer = await client.GetAsync("/seen", Token);

            Assert.Equal(status, answer.StatusCode);
            Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
            var body = await answer.Content.ReadAsStringAsync(Token);
            Assert.InRange(body.Length, 1, 200);
            Assert.DoesNotContain("127.0.0.1", body, StringComparison.Ordinal);
        }

        Assert.Equal(1, edge.Connections);
    }
}
