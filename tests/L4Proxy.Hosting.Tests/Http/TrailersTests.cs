using System.Net;
using System.Security.Cryptography;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>What comes behind a body.</summary>
public sealed class TrailersTests
{
    private const int Megabyte = 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, BackendProtocol> Ways => new(Enum.GetValues<Door>(), [BackendProtocol.H2c, BackendProtocol.H2]);

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D4")]
    public async Task A_megabyte_arrives_whole_and_its_trailers_with_it(Door door, BackendProtocol protocol)
    {
        var body = RandomNumberGenerator.GetBytes(Megabyte);
        await using var backend = await WebBackend.StartAsync(protocol, app => app.MapGet("/large", async (HttpContext context) =>
        {
            await context.Response.Body.WriteAsync(body);
            context.Response.AppendTrailer("grpc-status", "3");
            context.Response.AppendTrailer("grpc-message", "not%20so");
        }));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version20);

        using var answer = await client.GetAsync("/large", Token);

        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(["3"], answer.TrailingHeaders.GetValues("grpc-status"));
        Assert.Equal(["not%20so"], answer.TrailingHeaders.GetValues("grpc-message"));
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D4")]
    public async Task Trailers_come_without_a_body(Door door)
    {
        await using var backend = await WebBackend.StartAsync(BackendProtocol.H2c, app => app.MapGet("/none", (HttpContext context) =>
        {
            context.Response.AppendTrailer("grpc-status", "0");
            return Task.CompletedTask;
        }));
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version20);

        using var answer = await client.GetAsync("/none", Token);

        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(["0"], answer.TrailingHeaders.GetValues("grpc-status"));
    }
}
