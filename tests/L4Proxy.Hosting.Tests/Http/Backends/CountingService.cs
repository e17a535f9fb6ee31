using Grpc.Core;
using L4Proxy.Hosting.Tests.Hosts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Hosting.Tests.Http.Backends;

/// <summary>A gRPC service.</summary>
internal sealed class CountingService(CountingService.Waits waits) : Counting.CountingBase
{
    /// <summary>Starts it behind a protocol that can carry it.</summary>
    public static Task<WebBackend> StartAsync(BackendProtocol protocol, Waits? waits = null) => WebBackend.StartAsync(
        protocol,
        app => app.MapGrpcService<CountingService>(),
        services =>
        {
            services.AddGrpc();
            services.AddSingleton(waits ?? new Waits());
        });

    public override Task<Number> Double(Number request, ServerCallContext context)
    {
        if (request.Value < 0)
            throw new RpcException(new Grpc.Core.Status(StatusCode.OutOfRange, "not below zero: ž"), new Metadata { { "how", "below" } });
        return Task.FromResult(new Number { Value = 2 * request.Value });
    }

    public override async Task CountTo(Number request, IServerStreamWriter<Number> responseStream, ServerCallContext context)
    {
        for (var i = 1; i <= request.Value; i++)
            await responseStream.WriteAsync(new Number { Value = i });
    }

    public override async Task<Number> Sum(IAsyncStreamReader<Number> requestStream, ServerCallContext context)
    {
        var sum = 0;
        await foreach (var number in requestStream.ReadAllAsync())
            sum += number.Value;
        return new Number { Value = sum };
    }

    public override async Task DoubleEach(
        IAsyncStreamReader<Number> requestStream, IServerStreamWriter<Number> responseStream, ServerCallContext context)
    {
        await foreach (var number in requestStream.ReadAllAsync())
            await responseStream.WriteAsync(new Number { Value = 2 * number.Value });
    }

    public override async Task<Number> Wait(Number request, ServerCallContext context)
    {
        await using var left = context.CancellationToken.Register(() => waits.Left.TrySetResult());
        waits.Deadline = context.Deadline;
        waits.Begun.TrySetResult();
        await waits.Left.Task.InTime();
        return request;
    }

    /// <summary>What its method without an answer has seen.</summary>
    internal sealed class Waits
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Left { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public DateTime Deadline { get; set; }
    }
}
