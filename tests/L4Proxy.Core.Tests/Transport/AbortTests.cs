using System.Runtime.Versioning;
using L4Proxy.Core.Tests.Limits;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Transport;
using L4Proxy.Transport.Linux;
using L4Proxy.Transport.Linux.Reactors;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Transport;

/// <summary>What an abort leaves of what was sent, over either transport.</summary>
[SupportedOSPlatform("linux")]
public sealed class AbortTests : IDisposable
{
    private const int Sent = 300_000;
    private readonly TestUpstream _listener = new();
    private readonly ReactorGroup _reactors = new(1, error => Assert.Fail(error.ToString()), Budgets.Endless());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_FIN_everything_before_it_still_arrives_also_with_unread_bytes(bool managed)
    {
        var (connection, peer) = await SendAsync(managed);
        await connection.ShutdownSendAsync();
        await peer.SendAsync("unread");
        Assert.Equal(0, peer.UnacknowledgedBytes);
        connection.Abort();
        await connection.WaitAsync(); // It is done.
        Assert.Equal(Sent, (await peer.ReceiveToEndAsync()).Length);
        Assert.InRange(connection.Undelivered, 1, Sent - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_FIN_it_is_a_reset_and_says_how_much_did_not_arrive(bool managed)
    {
        var (connection, peer) = await SendAsync(managed);
        connection.Abort();
        await connection.WaitAsync(); // It is done.
        Assert.InRange(connection.Undelivered, 1, Sent - 1);
        await peer.ExpectResetAsync();
        connection.Abort();
        Assert.InRange(connection.Undelivered, 1, Sent - 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_arrived_is_not_undelivered_though_the_peer_has_reset(bool managed)
    {
        var (connection, peer) = await ConnectAsync(managed);
        await connection.SendAsync("hello"u8.ToArray());
        await peer.ExpectAsync("hello");
        peer.Reset();
        while ((await connection.WaitAsync()).Status == TransportStatus.Ok && (await connection.TakeAsync(new byte[1])).Status != TransportStatus.Reset)
        {
        }
        connection.Abort();
        await connection.WaitAsync();
        Assert.Equal(0, connection.Undelivered);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _reactors.Dispose();
    }

    /// <summary>The peer has a small buffer and reads nothing.</summary>
    private async Task<(TransportConnection Connection, TestPeer Peer)> SendAsync(bool managed)
    {
        var (connection, peer) = await ConnectAsync(managed);
        Assert.Equal(TransportStatus.Ok, await connection.SendAsync(new byte[Sent]));
        return (connection, peer);
    }

    private async Task<(TransportConnection Connection, TestPeer Peer)> ConnectAsync(bool managed)
    {
        SocketTransport transport = managed ? new ManagedTransport() : new LinuxTransport(_reactors);
        _listener.ReceiveBufferSize = 16 * 1024;
        var connection = transport.CreateSocket(_listener.Address, default);
        Assert.Equal(TransportStatus.Ok, await connection.ConnectAsync(_listener.Address));
        return (connection, await _listener.AcceptAsync());
    }
}
