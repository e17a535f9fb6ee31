using System.Net.Sockets;
using System.Runtime.Versioning;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>Nobody waits with a buffer in hand: who takes is answered at once, whatever came before, over either transport.</summary>
[SupportedOSPlatform("linux")]
public sealed class TakeTests : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private static readonly TransportResult s_nothing = new(0, TransportStatus.Canceled);
    private readonly TestUpstream _listener = new();
    private readonly ReactorGroup _reactors = new(1, error => Assert.Fail(error.ToString()), Budgets.Endless());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_nothing_has_come(bool managed)
    {
        var (connection, _) = await ConnectAsync(managed);
        Assert.Equal(s_nothing, await connection.TakeAsync(new byte[BufferSize]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_byte_of_urgent_data(bool managed)
    {
        var (connection, peer) = await ConnectAsync(managed);
        await peer.SendAsync("before");
        peer.Socket.Send("!"u8, SocketFlags.OutOfBand);
        await peer.ArrivedAsync();
        Assert.Equal(6, (await connection.ReceiveAsync(new byte[BufferSize])).Bytes);
        for (var i = 0; i < 3; i++)
            Assert.Equal(s_nothing, await connection.TakeAsync(new byte[BufferSize]));
        await peer.SendAsync("after");
        Assert.Equal(5, (await connection.ReceiveAsync(new byte[BufferSize])).Bytes);
        Assert.Equal(s_nothing, await connection.TakeAsync(new byte[BufferSize]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_exactly_a_buffer_full(bool managed)
    {
        var (connection, peer) = await ConnectAsync(managed);
        await peer.SendAsync(new byte[BufferSize]);
        await peer.ArrivedAsync();
        var buffer = new byte[BufferSize];
        for (var left = BufferSize; left > 0;)
            left -= (await connection.ReceiveAsync(buffer.AsMemory(0, left))).Bytes;
        Assert.Equal(s_nothing, await connection.TakeAsync(buffer));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_sent_by_another_thread_goes_on_when_the_peer_reads(bool managed)
    {
        const int length = 30_000_000;
        var (connection, peer) = await ConnectAsync(managed);
        var sending = connection.SendAsync(new byte[length]).AsTask();
        Assert.Equal(length, (await peer.ReceiveAsync(length)).Length);
        Assert.Equal(TransportStatus.Ok, await sending.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task The_end_that_came_with_the_last_bytes_is_seen_behind_them()
    {
        var (connection, peer) = await ConnectAsync(managed: false);
        using var isFree = new ManualResetEventSlim();
        // The reactor is told of both at once.
        _reactors.All[0].Post(_ => isFree.Wait(TestContext.Current.CancellationToken), null);
        await peer.SendAsync("last");
        peer.HalfClose();
        await peer.ArrivedAsync();
        isFree.Set();
        Assert.Equal(4, (await connection.ReceiveAsync(new byte[BufferSize])).Bytes);
        Assert.Equal(new TransportResult(0, TransportStatus.Ok), await connection.ReceiveAsync(new byte[BufferSize]).InTime("the end"));
    }

    public void Dispose()
    {
        _listener.Dispose();
        _reactors.Dispose();
    }

    private async Task<(TransportConnection Connection, TestPeer Peer)> ConnectAsync(bool managed)
    {
        SocketTransport transport = managed ? new ManagedTransport() : new LinuxTransport(_reactors);
        var connection = transport.CreateSocket(_listener.Address, default);
        Assert.Equal(TransportStatus.Ok, await connection.ConnectAsync(_listener.Address));
        return (connection, await _listener.AcceptAsync());
    }
}
