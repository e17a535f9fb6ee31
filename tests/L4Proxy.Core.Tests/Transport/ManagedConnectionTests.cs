using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Transport;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Transport;

public sealed class ManagedConnectionTests : IDisposable
{
    private readonly TestUpstream _listener = new();

    [Fact]
    public async Task A_reset_that_a_send_was_told_of_is_no_FIN_to_a_receive()
    {
        using var peer = await TestPeer.ConnectAsync(_listener.Address);
        await using var connection = new ManagedConnection((await _listener.AcceptAsync()).Socket);
        peer.Reset();
        TransportStatus sent;
        do
            sent = await connection.SendAsync(new byte[1]);
        while (sent == TransportStatus.Ok);
        Assert.Equal(TransportStatus.Reset, sent);
        Assert.Equal(new(0, TransportStatus.Reset), await connection.ReceiveAsync(new byte[1]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_FIN_is_a_FIN(bool afterOurs)
    {
        using var peer = await TestPeer.ConnectAsync(_listener.Address);
        await using var connection = new ManagedConnection((await _listener.AcceptAsync()).Socket);
        if (afterOurs)
        {
            await connection.ShutdownSendAsync();
            await peer.ExpectFinAsync();
        }
        peer.Dispose();
        Assert.Equal(new(0, TransportStatus.Ok), await connection.WaitAsync());
        Assert.Equal(new(0, TransportStatus.Ok), await connection.ReceiveAsync(new byte[1]));
    }

    [Fact]
    public async Task A_wait_is_not_ended_by_bytes_that_were_received_before()
    {
        using var otherPeer = await TestPeer.ConnectAsync(_listener.Address);
        await using var other = new ManagedConnection((await _listener.AcceptAsync()).Socket);
        for (var i = 0; i < 200; i++)
        {
            using var peer = await TestPeer.ConnectAsync(_listener.Address);
            await using var connection = new ManagedConnection((await _listener.AcceptAsync()).Socket);
            var first = connection.ReceiveAsync(new byte[1]);
            peer.Socket.Send([1]);
            await first;
            var later = other.ReceiveAsync(new byte[1]);
            peer.Socket.Send([1]);
            Assert.Equal(new(1, TransportStatus.Ok), await connection.ReceiveAsync(new byte[1]));
            var wait = connection.WaitAsync().AsTask();
            // What the system still had to say of the byte has been said when it says something of the next one.
            otherPeer.Socket.Send([1]);
            await later;
            connection.CancelWait();
            Assert.Equal(TransportStatus.Canceled, (await wait).Status);
        }
    }

    public void Dispose() => _listener.Dispose();
}
