using System.Reflection;
using System.Security.Authentication;
using System.Security.Cryptography;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Transport;
using L4Proxy.Prefaces;
using L4Proxy.Tls;
using L4Proxy.Transport;
using L4Proxy.Transport.Managed;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>TLS as a connection, over a real socket that is watched.</summary>
public sealed class TlsConnectionTests : IDisposable
{
    private readonly TestUpstream _listener = new();

    [Fact]
    public async Task A_wait_that_was_cancelled_before_does_not_fail_the_handshake()
    {
        var (below, raw) = await ConnectAsync();
        below.CancelWaits(3);
        await using var tls = new TlsConnection(below);
        using var peer = await HandshakeAsync(tls, raw);
        Assert.True(peer.Tls.IsAuthenticated);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task What_was_read_before_comes_first_and_its_buffer_is_given_back(int most)
    {
        var (below, raw) = await ConnectAsync();
        var client = TlsPeer.OverAsync(raw);
        var preface = new Preface();
        while (preface.Length == 0)
            preface.Advance((await below.ReceiveAsync(preface.GetRoom(most))).Bytes);
        await using var tls = new TlsConnection(below, preface);
        Assert.Null(await tls.AuthenticateAsServerAsync(new TestServerTls().OptionsFor));
        using var peer = await client;
        Assert.Equal(0, preface.Length);
        Assert.True(preface.Bytes.IsEmpty);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_idle_connection_holds_no_buffer(SslProtocols protocol)
    {
        var (below, raw) = await ConnectAsync();
        await using var tls = new TlsConnection(below);
        using var peer = await HandshakeAsync(tls, raw, protocol);
        for (var i = 0; i < 2; i++)
        {
            await peer.SendAsync("hello");
            Assert.Equal(new(0, TransportStatus.Ok), await tls.WaitAsync());
            Assert.Equal(new(5, TransportStatus.Ok), await tls.ReceiveAsync(new byte[64]));
            var wait = tls.WaitAsync();
            Assert.False(wait.IsCompleted);
            Assert.Equal(0, below.Receives.Last());
            Assert.Equal(0, BufferOf(tls));
            await peer.SendAsync("x");
            Assert.Equal(TransportStatus.Ok, (await wait).Status);
            Assert.Equal(1, (await tls.ReceiveAsync(new byte[64])).Bytes);
        }
    }

    [Fact]
    public async Task A_wait_can_be_cancelled_and_harms_nothing()
    {
        var (below, raw) = await ConnectAsync();
        await using var tls = new TlsConnection(below);
        using var peer = await HandshakeAsync(tls, raw);
        var wait = tls.WaitAsync();
        tls.CancelWait();
        Assert.Equal(TransportStatus.Canceled, (await wait).Status);
        await peer.SendAsync("hello");
        Assert.Equal(5, (await tls.ReceiveAsync(new byte[64])).Bytes);
    }

    [Fact]
    public async Task A_small_answer_is_one_send()
    {
        var (below, raw) = await ConnectAsync();
        await using var tls = new TlsConnection(below);
        using var peer = await HandshakeAsync(tls, raw);
        below.Sends.Clear();
        Assert.Equal(TransportStatus.Ok, await tls.SendAsync(new byte[1000]));
        Assert.Single(below.Sends);
    }

    [Fact]
    public async Task One_receive_takes_several_records()
    {
        var (below, raw) = await ConnectAsync();
        await using var tls = new TlsConnection(below);
        using var peer = await HandshakeAsync(tls, raw);
        for (var i = 0; i < 10; i++)
            await peer.SendAsync(new byte[1000]); // On loopback it has arrived when it is sent.
        Assert.Equal(10_000, (await tls.ReceiveAsync(new byte[65536])).Bytes);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Close_notify_goes_out_while_another_thread_decrypts(SslProtocols protocol)
    {
        var data = RandomNumberGenerator.GetBytes(4_000_000);
        for (var i = 0; i < 20; i++)
        {
            var (below, raw) = await ConnectAsync();
            await using var tls = new TlsConnection(below);
            using var peer = await HandshakeAsync(tls, raw, protocol);
            var sending = Task.Run(async () =>
            {
                await peer.SendAsync(data);
                await peer.HalfCloseAsync();
            }, TestContext.Current.CancellationToken);
            var receiving = Task.Run(() => ReceiveAllAsync(tls), TestContext.Current.CancellationToken);
            Assert.Equal(TransportStatus.Ok, await tls.ShutdownSendAsync());
            await sending;
            var (received, end) = await receiving;
            Assert.Equal(TransportStatus.Ok, end);
            Assert.Equal(data, received);
            await peer.ExpectCloseNotifyAsync();
        }
    }

    [Fact]
    public async Task What_TLS_has_to_say_after_FIN_is_dropped()
    {
        var (below, raw) = await ConnectAsync();
        await using var stream = new TransportStream(below, null, new SemaphoreSlim(0, 1));
        Assert.Equal(TransportStatus.Ok, await stream.ShutdownSendAsync());
        await stream.WriteAsync(new byte[5], TestContext.Current.CancellationToken);
        stream.Write([1, 2, 3]);
        Assert.Empty(below.Sends);
        await raw.ExpectFinAsync();
    }

    [Fact]
    public async Task An_abort_below_ends_what_is_under_way()
    {
        var (below, raw) = await ConnectAsync();
        await using var tls = new TlsConnection(below);
        using var peer = await HandshakeAsync(tls, raw);
        var wait = tls.WaitAsync().AsTask();
        var send = SendUntilItFailsAsync(tls);
        below.Abort();
        tls.Abort();
        Assert.Equal(TransportStatus.Aborted, (await wait).Status);
        Assert.Equal(TransportStatus.Aborted, await send);
        Assert.Equal(TransportStatus.Aborted, await tls.ShutdownSendAsync());
    }

    public void Dispose() => _listener.Dispose();

    private static async Task<TlsPeer> HandshakeAsync(TlsConnection tls, TestPeer raw, SslProtocols protocol = SslProtocols.None)
    {
        var client = TlsPeer.OverAsync(raw, TlsPeer.Client(protocol));
        Assert.Null(await tls.AuthenticateAsServerAsync(new TestServerTls().OptionsFor));
        return await client;
    }

    /// <summary>How much SslStream keeps to receive into.</summary>
    private static int BufferOf(TlsConnection tls)
    {
        object Hidden(object owner, string field) =>
            owner.GetType().GetField(field, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;
        return ((byte[])Hidden(Hidden(Hidden(Hidden(tls, "_tls"), "_buffer"), "_buffer"), "_bytes")).Length;
    }

    private static async Task<(byte[] Bytes, TransportStatus End)> ReceiveAllAsync(TlsConnection tls)
    {
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        for (;;)
        {
            var received = await tls.ReceiveAsync(buffer);
            if (received.Bytes == 0)
                return (all.ToArray(), received.Status);
            all.Write(buffer, 0, received.Bytes);
        }
    }

    private static async Task<TransportStatus> SendUntilItFailsAsync(TlsConnection tls)
    {
        TransportStatus status;
        do
            status = await tls.SendAsync(new byte[65536]);
        while (status == TransportStatus.Ok);
        return status;
    }

    private async Task<(WatchedConnection Below, TestPeer Raw)> ConnectAsync()
    {
        var accepting = _listener.AcceptAsync();
        var raw = await TestPeer.ConnectAsync(_listener.Address);
        return (new WatchedConnection(new ManagedConnection((await accepting).Socket)), raw);
    }
}
