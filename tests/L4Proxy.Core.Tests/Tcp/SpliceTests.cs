using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Limits;
using L4Proxy.Transport.Linux;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Bulk goes through a pipe of the kernel's, on the reactors.</summary>
[SupportedOSPlatform("linux")]
public sealed class SpliceTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_bulky_direction_is_spliced(bool up)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "splice(2)");
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { Transport = L4TransportKind.Linux, Reactors = 1 });
        var budget = proxy.Get<DescriptorBudget>();
        var before = budget.Taken;
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        var (from, to) = up ? (client, server) : (server, client);
        var received = to.ReceiveToEndAsync();
        await from.SendAsync(new byte[20_000_000]);
        from.HalfClose();
        Assert.Equal(20_000_000, (await received).Length);
        to.HalfClose();
        Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        // An idle pipe is kept: two descriptors.
        Assert.Equal(2, budget.Taken - before);
    }

    [Fact]
    public async Task A_reset_in_the_middle_of_bulk_is_a_reset()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "splice(2)");
        await using var proxy = TestProxy.Start(To(_upstream.Address) with { Transport = L4TransportKind.Linux });
        for (var i = 0; i < 5; i++)
        {
            using var client = await proxy.ConnectAsync();
            var server = await _upstream.AcceptAsync();
            var end = client.ExpectResetAsync();
            await server.SendAsync(new byte[20_000_000]);
            server.Reset();
            await end;
            Assert.Equal(L4EndReason.UpstreamReset, (await proxy.NextRecordAsync()).EndReason);
        }
    }

    [Fact]
    public async Task What_is_left_in_a_pipe_is_not_counted()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "splice(2)");
        var config = To(_upstream.Address, new L4Timeouts { Idle = TimeSpan.FromSeconds(1) });
        await using var proxy = TestProxy.Start(config with { Transport = L4TransportKind.Linux });
        using var client = await proxy.ConnectAsync();
        client.Socket.ReceiveBufferSize = 64 * 1024;
        using var server = await _upstream.AcceptAsync();
        _ = server.Socket.SendAsync(new byte[60_000_000], TestContext.Current.CancellationToken).AsTask();
        var received = 0L;
        while (received < 20_000_000)
            received += await client.ReceiveSomeAsync(new byte[65536]);
        var record = await proxy.NextRecordAsync();
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await client.ReceiveSomeAsync(new byte[65536]) is > 0 and var count)
                received += count;
        });
        Assert.Equal((L4EndReason.IdleTimeout, received), (record.EndReason, record.BytesDown));
    }

    [Fact]
    public void A_pipe_that_is_not_empty_is_not_used_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "pipe(2)");
        using var pool = new PipePool(Budgets.Endless());
        var pipe = pool.TryRent();
        Assert.NotNull(pipe);
        pipe.Held = 1;
        pool.Return(pipe);
        var next = pool.TryRent();
        Assert.NotSame(pipe, next);
        pool.Return(next!);
    }

    public void Dispose() => _upstream.Dispose();
}
