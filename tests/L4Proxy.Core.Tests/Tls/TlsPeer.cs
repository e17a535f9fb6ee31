using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using L4Proxy.Core.Tests.Tcp;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>A <see cref="TestPeer"/> that speaks TLS, and says how the other side ended it.</summary>
internal sealed class TlsPeer : IDisposable
{
    private readonly WatchedStream _stream;

    private TlsPeer(TestPeer raw)
    {
        Raw = raw;
        _stream = new WatchedStream(raw.Socket);
        Tls = new SslStream(_stream);
    }

    /// <summary>The wire.</summary>
    public TestPeer Raw { get; }

    public SslStream Tls { get; }

    public static SslClientAuthenticationOptions Client(SslProtocols protocols = SslProtocols.None) => new()
    {
        TargetHost = "localhost",
        EnabledSslProtocols = protocols,
        CertificateChainPolicy = TestAuthority.Known.Policy(),
    };

    public static SslServerAuthenticationOptions Server(X509Certificate2? certificate = null, SslProtocols protocols = SslProtocols.None) => new()
    {
        ServerCertificateContext = SslStreamCertificateContext.Create(certificate ?? TestAuthority.Localhost, null, offline: true),
        EnabledSslProtocols = protocols,
    };

    public static async Task<TlsPeer> ConnectAsync(EndPoint address, SslClientAuthenticationOptions? options = null) =>
        await OverAsync(await TestPeer.ConnectAsync(address), options);

    public static async Task<TlsPeer> OverAsync(TestPeer raw, SslClientAuthenticationOptions? options = null)
    {
        var peer = new TlsPeer(raw);
        await peer.Tls.AuthenticateAsClientAsync(options ?? Client(), TestContext.Current.CancellationToken).InTime();
        return peer;
    }

    public static async Task<TlsPeer> AcceptAsync(TestUpstream upstream, SslServerAuthenticationOptions? options = null) =>
        await ServeAsync(await upstream.AcceptAsync(), options);

    /// <summary>The server's side of a connection that goes on in TLS.</summary>
    public static async Task<TlsPeer> ServeAsync(TestPeer raw, SslServerAuthenticationOptions? options = null)
    {
        var peer = new TlsPeer(raw);
        await peer.Tls.AuthenticateAsServerAsync(options ?? Server(), TestContext.Current.CancellationToken).InTime();
        return peer;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text));

    public Task SendAsync(ReadOnlyMemory<byte> bytes) => Tls.WriteAsync(bytes, TestContext.Current.CancellationToken).InTime();

    public async Task ExpectAsync(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        await Tls.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken).InTime();
        Assert.Equal(text, Encoding.UTF8.GetString(bytes));
    }

    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[65536];
        while (await ReceiveSomeAsync(buffer) is > 0 and var count)
            all.Write(buffer, 0, count);
        return all.ToArray();
    }

    /// <summary>close_notify and then FIN, and nothing before them.</summary>
    public async Task ExpectCloseNotifyAsync()
    {
        Assert.Equal(0, await ReceiveSomeAsync(new byte[1]));
        Assert.False(_stream.HasEnded, "FIN came without close_notify");
        await Raw.ExpectFinAsync();
    }

    /// <summary>FIN without close_notify, and nothing before it.</summary>
    public async Task ExpectBareFinAsync()
    {
        Assert.Equal(0, await ReceiveSomeAsync(new byte[1]));
        Assert.True(_stream.HasEnded, "close_notify came");
    }

    /// <summary>RST.</summary>
    public async Task ExpectResetAsync()
    {
        var error = await Assert.ThrowsAsync<IOException>(async () =>
        {
            while (await ReceiveSomeAsync(new byte[65536]) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(error.InnerException).SocketErrorCode);
    }

    /// <summary>close_notify, then FIN.</summary>
    public async Task HalfCloseAsync()
    {
        await Tls.ShutdownAsync().InTime();
        Raw.HalfClose();
    }

    public void Dispose()
    {
        Tls.Dispose();
        Raw.Dispose();
    }

    private async Task<int> ReceiveSomeAsync(Memory<byte> buffer) =>
        await Tls.ReadAsync(buffer, TestContext.Current.CancellationToken).InTime();

    /// <summary>SslStream does not say whether it was ended by close_notify or by FIN; who reads below it sees.</summary>
    private sealed class WatchedStream(Socket socket) : NetworkStream(socket)
    {
        public bool HasEnded { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            HasEnded |= count == 0 && !buffer.IsEmpty;
            return count;
        }
    }
}
