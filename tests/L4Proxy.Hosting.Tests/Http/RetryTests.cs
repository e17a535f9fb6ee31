using System.Collections.Concurrent;
using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>A destination that refuses, beside one that does not.</summary>
public sealed class RetryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, BackendProtocol> Ways => new(Enum.GetValues<Door>(), Enum.GetValues<BackendProtocol>());

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task No_client_sees_that_one_of_two_is_closed_and_it_is_ejected(Door door, BackendProtocol protocol)
    {
        await using var closed = RawBackend.Closed();
        await using var backend = await WebBackend.StartAsync(
            protocol, app => app.MapPost("/length", async (HttpRequest request) => $"{(await new StreamReader(request.Body).ReadToEndAsync()).Length}"));
        await using var edge = await L7Edge.StartAsync(door,
            $$"""
            "LoadBalancingPolicy": "RoundRobin",
            "Destinations": { "a": { "Address": "127.0.0.1:{{closed.Port}}" }, "b": { "Address": "127.0.0.1:{{backend.Port}}" } },
            "HealthCheck": { "Passive": { "MaxFails": 1, "MaxEjectionPercent": 50 } },
            {{backend.How}}
            """);
        using var client = edge.CreateClient(HttpVersion.Version20);

        for (var i = 0; i < 20; i++)
        {
            using var body = new StringContent(new string('x', 1000));
            using var answer = await client.PostAsync("/length", body, Token);
            Assert.Equal("1000", await answer.Content.ReadAsStringAsync(Token));
        }

        Assert.Equal(L4DestinationHealth.Ejected, edge.Destination("a").Health);
        Assert.Equal(L4DestinationHealth.Healthy, edge.Destination("b").Health);
    }

    [Theory]
    [InlineData(BackendProtocol.H2c)]
    [InlineData(BackendProtocol.H2)]
    public async Task Requests_that_wait_for_one_connection_fail_with_it_and_all_go_elsewhere(BackendProtocol protocol)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "a full backlog refuses elsewhere");
        await using var unreachable = RawBackend.Unreachable();
        await using var backend = await WebBackend.StartAsync(protocol, _ => { });
        await using var edge = await L7Edge.StartAsync(Door.Tls,
            $$"""
            "LoadBalancingPolicy": "First",
            "Destinations": { "a": { "Address": "127.0.0.1:{{unreachable.Port}}" }, "b": { "Address": "127.0.0.1:{{backend.Port}}" } },
            "Timeouts": { "Connect": "00:00:01" },
            {{backend.How}}
            """);
        using var client = edge.CreateClient(HttpVersion.Version20);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.GetStringAsync("/seen", Token)));

        Assert.All(answers, answer => Assert.StartsWith("HTTP/2 ", answer, StringComparison.Ordinal));
        // One dial for all that had come, and perhaps one for those that came later.
        Assert.InRange(edge.CountOf("ConnectFailed"), 1, 2);
    }

    [Fact]
    public async Task Where_none_can_be_connected_to_each_is_tried_once()
    {
        await using var one = RawBackend.Closed();
        await using var other = RawBackend.Closed();
        await using var edge = await L7Edge.StartAsync(Door.Tls, $$"""
            "Destinations": { "a": { "Address": "127.0.0.1:{{one.Port}}" }, "b": { "Address": "127.0.0.1:{{other.Port}}" } }
            """);
        using var client = edge.CreateClient(HttpVersion.Version11);

        using var answer = await client.GetAsync("/", Token);

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Equal(2, edge.CountOf("ConnectFailed"));
    }

    [Theory]
    [InlineData("POST", 1)]
    [InlineData("PATCH", 1)]
    [InlineData("LOCK", 1)]
    [InlineData("PUT", 1)]
    [InlineData("GET", 2)]
    public async Task What_a_kept_connection_broke_off_over_comes_again_only_where_that_may_be(string method, int times)
    {
        var requests = new ConcurrentQueue<string>();
        await using var backend = RawBackend.AnsweringOnce(requests);
        await using var app = await HttpApp.StartAsync(_ => new L4Config
        {
            Endpoints = new Dictionary<string, L4Endpoint> { ["plain"] = new() { Url = "tcp://127.0.0.1:0" } },
            Routes = new Dictionary<string, L4Route> { ["web"] = HttpApp.Route("plain", "web.example.com") },
            Clusters = new Dictionary<string, L4Cluster> { ["web"] = HttpApp.Cluster(backend.Port) },
        });
        using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, app.PortOf("plain")));
        await client.SendAsync("GET /first HTTP/1.1\r\nHost: web.example.com\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");

        await client.SendAsync($"{method} /pay HTTP/1.1\r\nHost: web.example.com\r\n\r\n");

        Assert.StartsWith(method == "GET" ? "HTTP/1.1 204" : "HTTP/1.1 502", await client.ReadUntilAsync("\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal(times, requests.Count(text => text.StartsWith($"{method} /pay", StringComparison.Ordinal)));
        Assert.Equal(method != "GET", requests.Last().Contains("Content-Length: 0", StringComparison.Ordinal));
        Assert.DoesNotContain(requests, text => text.Contains("chunked", StringComparison.OrdinalIgnoreCase));
    }
}
