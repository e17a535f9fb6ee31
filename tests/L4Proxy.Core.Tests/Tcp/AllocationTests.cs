using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.Versioning;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Transport.Linux.Reactors;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>What a connection that is there costs the managed heap: nothing.</summary>
[SupportedOSPlatform("linux")]
public sealed class AllocationTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task A_request_and_its_response_allocate_nothing()
    {
        const int measured = 5000;
        SkipWhereItSaysNothing();
        await using var proxy = Start();
        using var watch = new ReactorWatch(proxy);
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        var before = 0L;
        for (var i = -2000; i < measured; i++)
        {
            if (i == 0)
                before = await watch.AllocatedAsync();
            await client.SendAsync("request");
            await server.ExpectAsync("request");
            await server.SendAsync("response");
            await client.ExpectAsync("response");
        }
        Assert.InRange(await watch.AllocatedAsync() - before, 0, measured);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_chunk_of_a_bulk_transfer_allocates_nothing(bool up)
    {
        const int chunks = 2000;
        SkipWhereItSaysNothing();
        await using var proxy = Start();
        using var watch = new ReactorWatch(proxy);
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        var (from, to) = up ? (client, server) : (server, client);
        var chunk = new byte[64 * 1024];
        var receiving = ReceiveAsync(to, (chunks + 500) * (long)chunk.Length);
        for (var i = 0; i < 500; i++)
            await from.SendAsync(chunk);
        var before = await watch.AllocatedAsync();
        for (var i = 0; i < chunks; i++)
            await from.SendAsync(chunk);
        await receiving;
        // A buffer may have to be rented anew, once or twice.
        Assert.InRange(await watch.AllocatedAsync() - before, 0, 3 * chunk.Length);
    }

    public void Dispose() => _upstream.Dispose();

    private static void SkipWhereItSaysNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll");
        // Without optimisation each call of an asynchronous method allocates.
        var debuggable = typeof(TestProxy).Assembly.GetCustomAttribute<DebuggableAttribute>();
        Assert.SkipWhen(debuggable is { IsJITOptimizerDisabled: true }, "built without optimisation");
    }

    private static async Task ReceiveAsync(TestPeer peer, long count)
    {
        var buffer = new byte[64 * 1024];
        while (count > 0)
            count -= await peer.ReceiveSomeAsync(buffer) is > 0 and var received ? received : throw new EndOfStreamException();
    }

    private TestProxy Start() => TestProxy.Start(To(_upstream.Address) with { Transport = L4TransportKind.Linux, Reactors = 1 });

    /// <summary>What the only reactor of a proxy allocates. A connection begins on it, and that is counted.</summary>
    private sealed class ReactorWatch : IDisposable
    {
        private readonly MeterListener _listener;
        private Reactor? _reactor;

        public ReactorWatch(TestProxy proxy) =>
            _listener = ProxyMeter.Listen(proxy, (_, _, _, _) => _reactor ??= Reactor.Current, "l4proxy.connections.active");

        public Task<long> AllocatedAsync()
        {
            var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.NotNull(_reactor);
            _reactor.Post(static to => ((TaskCompletionSource<long>)to!).SetResult(GC.GetAllocatedBytesForCurrentThread()), answer);
            return answer.Task;
        }

        public void Dispose() => _listener.Dispose();
    }
}
