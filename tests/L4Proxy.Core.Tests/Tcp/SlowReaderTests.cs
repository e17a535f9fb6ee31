using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using L4Proxy.Configuration;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Who reads slowly, or not for a while: what was said before still arrives, and the record counts what did.</summary>
public sealed class SlowReaderTests : IDisposable
{
    private const int Answer = 3_000_000;
    // With less than a loopback segment the kernel itself pauses for up to a second.
    private const int ClientBuffer = 64 * 1024;
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    // Of who reads all the time: on a busy machine that is sometimes not for a second.
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(4);
    private readonly TestUpstream _upstream = new();

    [Fact]
    public async Task Slow_client_of_a_server_that_has_closed_gets_everything()
    {
        await using var proxy = TestProxy.To(_upstream.Address, new L4Timeouts { HalfClosed = s_long });
        using var client = await SmallBufferAsync(proxy);
        using var server = await AnswerAsync(client);
        server.Dispose();
        Assert.Equal(Answer, await ReadSlowlyAsync(client, s_long * 2));
        client.Dispose();
        var record = await proxy.NextRecordAsync();
        Assert.Equal((L4EndReason.Completed, (long)Answer), (record.EndReason, record.BytesDown));
    }

    [Fact]
    public async Task Slow_client_of_a_server_that_waits_is_not_idle()
    {
        await using var proxy = TestProxy.To(_upstream.Address, new L4Timeouts { Idle = s_long });
        using var client = await SmallBufferAsync(proxy);
        using var server = await AnswerAsync(client);
        await ReadSlowlyAsync(client, s_long * 2, Answer);
        await client.SendAsync("more");
        await server.ExpectAsync("more");
    }

    [Fact]
    public async Task Slow_server_of_a_client_that_has_closed_gets_everything()
    {
        await using var proxy = TestProxy.To(_upstream.Address, new L4Timeouts { HalfClosed = s_long });
        using var client = await proxy.ConnectAsync();
        using var server = await _upstream.AcceptAsync();
        server.Socket.ReceiveBufferSize = ClientBuffer;
        await client.SendAsync(new byte[Answer]);
        client.HalfClose();
        Assert.Equal(Answer, await ReadSlowlyAsync(server, s_long * 2));
        await server.SendAsync("done");
        await client.ExpectAsync("done");
    }

    [Fact]
    public async Task Client_that_stops_reading_gets_what_lies_before_the_FIN_when_it_goes_on()
    {
        await using var proxy = TestProxy.To(_upstream.Address, new L4Timeouts { HalfClosed = Short });
        using var client = await SmallBufferAsync(proxy);
        using var server = await AnswerAsync(client);
        server.Dispose();
        var record = await proxy.NextRecordAsync();
        Assert.Equal(L4EndReason.HalfClosedTimeout, record.EndReason);
        Assert.InRange(record.BytesDown, 1, Answer - 1);
        Assert.Equal(Answer, (await client.ReceiveToEndAsync()).Length);
    }

    [Fact]
    public async Task Client_that_does_not_read_is_idle_and_the_record_counts_only_what_it_got()
    {
        await using var proxy = TestProxy.To(_upstream.Address, new L4Timeouts { Idle = Short });
        // What lies between the look at the kernel's queue and the RST is not the proxy's: on a busy machine a window probe fits in, and brings more.
        for (var more = 3; more > 0 && await IsMoreThanCountedAsync(proxy); more--)
            Assert.NotEqual(1, more);
    }

    /// <summary>A client that reads nothing until it is reset, and gets what was counted at least.</summary>
    private async Task<bool> IsMoreThanCountedAsync(TestProxy proxy)
    {
        using var client = await SmallBufferAsync(proxy);
        using var server = await AnswerAsync(client);
        var watch = Stopwatch.StartNew();
        var record = await proxy.NextRecordAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Short * 4);
        var received = 0;
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await client.ReceiveSomeAsync(new byte[65536]) is > 0 and var count)
                received += count;
        });
        Assert.Equal(L4EndReason.IdleTimeout, record.EndReason);
        Assert.InRange(received, record.BytesDown, Answer - 1);
        await server.ExpectResetAsync();
        return received > record.BytesDown;
    }

    [Fact]
    public async Task Client_that_resets_while_it_does_not_read_has_not_got_everything()
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        using var client = await SmallBufferAsync(proxy);
        using var server = await AnswerAsync(client);
        await client.ReceiveAsync(1000);
        client.Reset();
        var record = await proxy.NextRecordAsync();
        Assert.Equal(L4EndReason.ClientReset, record.EndReason);
        Assert.InRange(record.BytesDown, 1000, Answer / 2);
    }

    public void Dispose() => _upstream.Dispose();

    private static async Task<TestPeer> SmallBufferAsync(TestProxy proxy)
    {
        var client = await proxy.ConnectAsync();
        client.Socket.ReceiveBufferSize = ClientBuffer;
        return client;
    }

    /// <summary>The server answers more than the client's socket holds; all of it is in the kernel on return.</summary>
    private async Task<TestPeer> AnswerAsync(TestPeer client)
    {
        await client.SendAsync("GET");
        var server = await _upstream.AcceptAsync();
        await server.ExpectAsync("GET");
        await server.SendAsync(RandomNumberGenerator.GetBytes(Answer));
        return server;
    }

    /// <summary>Reads without a stop, spread over some time, to the FIN or so many bytes.</summary>
    private static async Task<int> ReadSlowlyAsync(TestPeer peer, TimeSpan time, int most = int.MaxValue)
    {
        const int turns = 100;
        var buffer = new byte[Answer / turns];
        using var timer = new PeriodicTimer(time / turns);
        for (var all = 0; ; await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            var count = await peer.ReceiveSomeAsync(buffer);
            all += count;
            if (count == 0 || all >= most)
                return all;
        }
    }
}
