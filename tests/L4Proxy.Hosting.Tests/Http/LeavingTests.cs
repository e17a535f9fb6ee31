using System.Net;
using System.Text;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>Clients that do not wait for the end.</summary>
public sealed class LeavingTests
{
    // A single failure would show.
    private const string Strict = """ "HealthCheck": { "Passive": { "MaxFails": 1, "MaxEjectionPercent": 100 } } """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, string, BackendProtocol> Ways =>
        new(Enum.GetValues<Door>(), ["1.1", "2.0"], [BackendProtocol.Http1, BackendProtocol.H2c]);

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Who_does_not_wait_for_the_answer_is_no_failure_of_the_backend(Door door, string version, BackendProtocol protocol)
    {
        var visit = new Visit();
        await using var backend = await WebBackend.StartAsync(protocol, app => app.MapGet("/wait", visit.WaitAsync));
        await using var edge = await L7Edge.StartAsync(door, $"{backend.Cluster}, {Strict}");
        using var client = edge.CreateClient(Version.Parse(version));
        using var patience = new CancellationTokenSource();

        var asking = client.GetAsync("/wait", patience.Token);
        await visit.Begun.InTime();
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.InTime());
        await visit.Ended.InTime();
        await ExpectHealthyAsync(edge, client);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Who_leaves_in_the_middle_of_an_answer_is_no_failure_of_the_backend(Door door, string version, BackendProtocol protocol)
    {
        var visit = new Visit();
        await using var backend = await WebBackend.StartAsync(protocol, app => app.MapGet("/wait", async (HttpContext context) =>
        {
            await context.Response.WriteAsync("the beginning");
            await visit.WaitAsync(context);
        }));
        await using var edge = await L7Edge.StartAsync(door, $"{backend.Cluster}, {Strict}");
        using var client = edge.CreateClient(Version.Parse(version));

        using (await client.GetAsync("/wait", HttpCompletionOption.ResponseHeadersRead, Token))
            await visit.Begun.InTime();

        await visit.Ended.InTime();
        await ExpectHealthyAsync(edge, client);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    public async Task Who_leaves_in_the_middle_of_a_body_is_no_failure_of_the_backend(Door door)
    {
        var visit = new Visit();
        await using var backend = await WebBackend.StartAsync(BackendProtocol.Http1, app => app.MapPost("/upload", visit.ReadAsync));
        await using var edge = await L7Edge.StartAsync(door, $"{backend.Cluster}, {Strict}");
        await using (var tls = await edge.HandshakeAsync())
        {
            await tls.WriteAsync(Encoding.ASCII.GetBytes($"POST /upload HTTP/1.1\r\nHost: {L7Edge.Name}\r\nContent-Length: 1000\r\n\r\nthe beginning"), Token);
            await visit.Begun.InTime();
        }

        await visit.Ended.InTime();
        using var client = edge.CreateClient(HttpVersion.Version11);
        await ExpectHealthyAsync(edge, client);
    }

    private static async Task ExpectHealthyAsync(L7Edge edge, HttpClient client)
    {
        using var answer = await client.GetAsync("/seen", Token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((L4DestinationHealth.Healthy, null), (edge.Destination("a").Health, edge.Destination("a").LastFailure));
    }

    /// <summary>A request whose client leaves.</summary>
    private sealed class Visit
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public Task Ended => _ended.Task;

        public async Task WaitAsync(HttpContext context)
        {
            await using var ended = context.RequestAborted.Register(_ended.SetResult);
            _begun.SetResult();
            await Ended.InTime();
        }

        public async Task ReadAsync(HttpContext context)
        {
            await context.Request.Body.ReadExactlyAsync(new byte["the beginning".Length]);
            _begun.SetResult();
            try
            {
                await context.Request.Body.ReadExactlyAsync(new byte[1]);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                _ended.SetResult();
            }
        }
    }
}
