using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Hosting.Tests.Http.Backends;

namespace L4Proxy.Hosting.Tests.Http;

/// <summary>gRPC by its own client and server.</summary>
public sealed class GrpcTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<Door, BackendProtocol> Ways => new(Enum.GetValues<Door>(), [BackendProtocol.H2c, BackendProtocol.H2]);

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D4")]
    public async Task One_message_each_way(Door door, BackendProtocol protocol)
    {
        await using var backend = await CountingService.StartAsync(protocol);
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var channel = Channel(edge);

        using var call = Client(channel).DoubleAsync(new Number { Value = 21 }, cancellationToken: Token);

        Assert.Equal(42, (await call.ResponseAsync.InTime()).Value);
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D4")]
    public async Task An_error_comes_with_its_words_and_trailers(Door door)
    {
        await using var backend = await CountingService.StartAsync(BackendProtocol.H2c);
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var channel = Channel(edge);

        var error = await Assert.ThrowsAsync<RpcException>(
            () => Client(channel).DoubleAsync(new Number { Value = -1 }, cancellationToken: Token).ResponseAsync.InTime());

        Assert.Equal((StatusCode.OutOfRange, "not below zero: ž"), (error.StatusCode, error.Status.Detail));
        Assert.Equal("below", error.Trailers.GetValue("how"));
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D4")]
    public async Task The_server_streams(Door door)
    {
        await using var backend = await CountingService.StartAsync(BackendProtocol.H2c);
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var channel = Channel(edge);

        using var call = Client(channel).CountTo(new Number { Value = 1000 }, cancellationToken: Token);
        var numbers = new List<int>();
        await foreach (var number in call.ResponseStream.ReadAllAsync(Token))
            numbers.Add(number.Value);

        Assert.Equal(Enumerable.Range(1, 1000), numbers);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D4")]
    public async Task The_client_streams(Door door)
    {
        await using var backend = await CountingService.StartAsync(BackendProtocol.H2c);
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var channel = Channel(edge);

        using var call = Client(channel).Sum(cancellationToken: Token);
        for (var i = 1; i <= 1000; i++)
            await call.RequestStream.WriteAsync(new Number { Value = i }, Token);
        await call.RequestStream.CompleteAsync();

        Assert.Equal(500_500, (await call.ResponseAsync.InTime()).Value);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Row", "D4")]
    public async Task Both_stream_and_each_message_is_answered_before_the_next_is_sent(Door door, BackendProtocol protocol)
    {
        await using var backend = await CountingService.StartAsync(protocol);
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var channel = Channel(edge);

        using var call = Client(channel).DoubleEach(cancellationToken: Token);
        for (var i = 1; i <= 100; i++)
        {
            await call.RequestStream.WriteAsync(new Number { Value = i }, Token);
            Assert.True(await call.ResponseStream.MoveNext(Token).InTime());
            Assert.Equal(2 * i, call.ResponseStream.Current.Value);
        }
        await call.RequestStream.CompleteAsync();

        Assert.False(await call.ResponseStream.MoveNext(Token).InTime());
        Assert.Equal(StatusCode.OK, call.GetStatus().StatusCode);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D4")]
    public async Task A_deadline_reaches_the_server_and_ends_the_call_on_both_sides(Door door)
    {
        var waits = new CountingService.Waits();
        await using var backend = await CountingService.StartAsync(BackendProtocol.H2c, waits);
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var channel = Channel(edge);
        var deadline = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(2);

        var error = await Assert.ThrowsAsync<RpcException>(
            () => Client(channel).WaitAsync(new Number(), deadline: deadline, cancellationToken: Token).ResponseAsync.InTime());

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        await waits.Left.Task.InTime();
        Assert.NotEqual(DateTime.MaxValue, waits.Deadline);
    }

    [Theory]
    [ClassData(typeof(Doors))]
    [Trait("Row", "D4")]
    public async Task A_call_that_is_cancelled_is_cancelled_at_the_server(Door door)
    {
        var waits = new CountingService.Waits();
        await using var backend = await CountingService.StartAsync(BackendProtocol.H2c, waits);
        await using var edge = await L7Edge.StartAsync(door, backend.Cluster);
        using var channel = Channel(edge);
        using var cancellation = new CancellationTokenSource();

        using var call = Client(channel).WaitAsync(new Number(), cancellationToken: cancellation.Token);
        await waits.Begun.Task.InTime();
        Assert.False(waits.Left.Task.IsCompleted);
        await cancellation.CancelAsync();

        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync.InTime())).StatusCode);
        await waits.Left.Task.InTime();
        // The connection is as good as before.
        Assert.Equal(2, (await Client(channel).DoubleAsync(new Number { Value = 1 }, cancellationToken: Token)).Value);
        Assert.Equal(1, edge.Connections);
    }

    private static GrpcChannel Channel(L7Edge edge) => GrpcChannel.ForAddress(
        $"https://{L7Edge.Name}", new GrpcChannelOptions { HttpClient = edge.CreateClient(HttpVersion.Version20), DisposeHttpClient = true });

    private static Counting.CountingClient Client(GrpcChannel channel) => new(channel);
}
