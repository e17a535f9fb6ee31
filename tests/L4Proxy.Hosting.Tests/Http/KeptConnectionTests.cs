using System.Net;
using L4Proxy.Hosting.Tests.Http.Backends;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>A kept connection to a backend that ends just as the next request comes.</summary>
public sealed class KeptConnectionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("DELETE")]
    public async Task What_may_come_twice_goes_by_another_connection(string method)
    {
        await using var backend = RawBackend.ForOneRequest();
        await using var edge = await L7Edge.StartAsync(Door.Tls, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version20);

        for (var i = 0; i < 5; i++)
            Assert.Equal(HttpStatusCode.OK, await AskAsync(client, method));
    }

    [Fact]
    public async Task What_may_not_is_not_sent_again()
    {
        await using var backend = RawBackend.ForOneRequest();
        await using var edge = await L7Edge.StartAsync(Door.Tls, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version20);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(client, "PATCH"));
        Assert.Equal(HttpStatusCode.BadGateway, await AskAsync(client, "PATCH"));
    }

    [Fact]
    public async Task A_backend_that_ends_new_connections_so_is_asked_three_times_at_most()
    {
        await using var backend = RawBackend.Resetting();
        await using var edge = await L7Edge.StartAsync(Door.Tls, backend.Cluster);
        using var client = edge.CreateClient(HttpVersion.Version20);

        Assert.Equal(HttpStatusCode.BadGateway, await AskAsync(client, "GET"));
        Assert.Equal(3, backend.Accepted);
    }

    private static async Task<HttpStatusCode> AskAsync(HttpClient client, string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri("/", UriKind.Relative)) { Version = HttpVersion.Version20 };
        using var answer = await client.SendAsync(request, Token);
        return answer.StatusCode;
    }
}
