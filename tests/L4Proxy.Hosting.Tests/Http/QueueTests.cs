using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using static L4Proxy.Hosting.Tests.Http.HttpApp;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Requests that wait for a destination of their cluster.</summary>
public sealed class QueueTests
{
    private static readonly Uri s_uri = new("http://web.example.com/slow");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_all_are_full_they_wait_and_without_a_queue_they_do_not()
    {
        var go = new TaskCompletionSource();
        await using var web = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapGet("/slow", async () =>
        {
            await go.Task;
            return "slow";
        }));
        var full = new L4Cluster { Destinations = new Dictionary<string, L4Destination> { ["a"] = new() { Address = $"127.0.0.1:{web.Port}", MaxConnections = 1 } } };
        await using var app = await StartAsync(_ => Config(full));
        using var client = app.CreateClient("plain");
        var first = client.GetStringAsync(s_uri, Token);
        await Deadline.Until(() => app.ActiveAt("web") == 1);

        using (var refused = await client.GetAsync(s_uri, Token))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
            Assert.Equal("503 Service Unavailable\n", await refused.Content.ReadAsStringAsync(Token));
        }
        await app.UpdateAsync(Config(full with { Queue = new() { Timeout = Deadline.Time } }));
        var waiting = client.GetStringAsync(s_uri, Token);
        await Deadline.Until(() => app.WaitingFor("web") == 1);
        go.SetResult();

        Assert.Equal("slow", await first.InTime());
        Assert.Equal("slow", await waiting.InTime());
        await Deadline.Until(() => app.ActiveAt("web") == 0 && app.WaitingFor("web") == 0);
    }

    [Fact]
    public async Task A_destination_that_is_back_gets_those_that_waited()
    {
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var app = await StartAsync(_ => Config(Cluster(((IPEndPoint)taken.LocalEndPoint!).Port) with { Queue = new() { Timeout = Deadline.Time } }));
        using var client = app.CreateClient("plain");
        var waiting = client.GetAsync(s_uri, Token);
        await Deadline.Until(() => app.WaitingFor("web") == 1);

        taken.Listen();
        using var accepted = await taken.AcceptAsync(Token);
        var read = await accepted.ReceiveAsync(new byte[4096], Token);
        Assert.True(read > 0);
        await accepted.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray(), Token);

        using var answer = await waiting.InTime();
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task Who_leaves_waits_no_more()
    {
        await using var closed = RawBackend.Closed();
        await using var app = await StartAsync(_ => Config(Cluster(closed.Port) with { Queue = new() { Timeout = Deadline.Time } }));
        using var client = app.CreateClient("plain");
        using var leaving = new CancellationTokenSource();
        var waiting = client.GetAsync(s_uri, leaving.Token);
        await Deadline.Until(() => app.WaitingFor("web") == 1);

        await leaving.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.InTime());
        await Deadline.Until(() => app.WaitingFor("web") == 0);
    }

    private static L4Config Config(L4Cluster cluster) => new()
    {
        Endpoints = new Dictionary<string, L4Endpoint> { ["plain"] = new() { Url = "tcp://127.0.0.1:0" } },
        Routes = new Dictionary<string, L4Route> { ["web"] = Route("plain", "web.example.com") },
        Clusters = new Dictionary<string, L4Cluster> { ["web"] = cluster },
    };
}
