using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Transport;

namespace L4Proxy.Tls;

/// <summary>
/// What is inside of TLS, as a connection: <see cref="SslStream"/> over any other connection. The peer's close_notify is its
/// FIN; its bare FIN is <see cref="TransportStatus.Truncated"/>. docs/decisions/0006-tls-over-the-transport.md says why.
/// </summary>
internal sealed class TlsConnection : TransportConnection
{
    // SslStream.ShutdownAsync takes no lock, and OpenSSL must not write close_notify while another thread decrypts. Whoever
    // reads has the turn, and lets it go while it waits for the connection below.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TransportConnection _inner;
    private readonly TransportStream _stream;
    private readonly SslStream _tls;
    private volatile bool _hasPeerEnded;
    private bool _hasArrived;

    /// <summary>Owns <paramref name="inner"/> from now on. Nothing can be sent or received before a handshake.</summary>
    /// <param name="inner">The connection below.</param>
    /// <param name="preface">What was already read of it; its buffer is released as it is used up.</param>
    public TlsConnection(TransportConnection inner, Preface? preface = null)
    {
        _inner = inner;
        _stream = new TransportStream(inner, preface, _turn);
        _tls = new SslStream(_stream);
    }

    public override EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    /// <summary>What the handshake agreed on.</summary>
    public TlsFacts Facts => new()
    {
        Protocol = _tls.SslProtocol,
        CipherSuite = _tls.NegotiatedCipherSuite,
        ServerName = NameOf(_tls.TargetHostName),
        Alpn = _tls.NegotiatedApplicationProtocol is { Protocol.IsEmpty: false } protocol ? protocol.ToString() : null,
        ClientCertificate = ClientCertificate,
        ClientCommonName = CommonNameOf(ClientCertificate),
    };

    private X509Certificate2? ClientCertificate => _tls.IsServer ? _tls.RemoteCertificate as X509Certificate2 : null;

    /// <summary>
    /// The handshake with a client. If it fails the client is told why by an alert, also one that speaks no TLS;
    /// <see cref="LingerAsync"/> sees that it arrives.
    /// </summary>
    /// <param name="options">The options for the name that the client asks for; null if it names nothing that can be a host.</param>
    /// <returns>Null, or why it failed.</returns>
    public async ValueTask<TlsFailure?> AuthenticateAsServerAsync(Func<string?, SslServerAuthenticationOptions> options)
    {
        var failure = await HandshakeAsync(tls => tls.AuthenticateAsServerAsync(
            (_, hello, _, _) => ValueTask.FromResult(options(NameOf(hello.ServerName))), null, CancellationToken.None));
        if (failure is { Status: TransportStatus.Corrupt } && !_stream.HasSent)
            await _stream.SendAsync(PlainAlert.UnexpectedMessage);
        return failure;
    }

    /// <summary>The handshake with a server.</summary>
    /// <returns>Null, or why it failed.</returns>
    public ValueTask<TlsFailure?> AuthenticateAsClientAsync(SslClientAuthenticationOptions options) =>
        HandshakeAsync(tls => tls.AuthenticateAsClientAsync(options, CancellationToken.None));

    public override SendQueue SendQueue => _inner.SendQueue;

    public override int Undelivered => _inner.Undelivered;

    public override TransportStatus Failure => _inner.Failure;

    public override void StartKeepAlive(TimeSpan time) => _inner.StartKeepAlive(time);

    public override async ValueTask<TransportResult> WaitAsync()
    {
        // Without a buffer it waits without one, as the connection below does, until there is something inside.
        var result = await ReadAsync(Memory<byte>.Empty);
        _hasArrived = result.Status == TransportStatus.Ok;
        return result;
    }

    public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer)
    {
        // One look a wait: whether a whole record has come is known only to who waits for it.
        var hasArrived = _hasArrived;
        _hasArrived = false;
        return hasArrived ? ReadAsync(buffer) : new(new TransportResult(0, TransportStatus.Canceled));
    }

    public override void CancelWait() => _inner.CancelWait();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<TransportResult> ReadAsync(Memory<byte> buffer)
    {
        await _turn.WaitAsync();
        try
        {
            _stream.IsCancelable = buffer.IsEmpty;
            var count = await _tls.ReadAsync(buffer);
            _hasPeerEnded |= count == 0 && !buffer.IsEmpty;
            return new(count, count == 0 && !buffer.IsEmpty && _stream.ReceiveStatus == TransportStatus.Truncated
                ? TransportStatus.Truncated
                : TransportStatus.Ok);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            var status = StatusOf(_stream.ReceiveStatus);
            // A wait only says that there is something to be had, and who asks for it is told what.
            return new(0, status == TransportStatus.Truncated && buffer.IsEmpty ? TransportStatus.Ok : status);
        }
        finally
        {
            _turn.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        try
        {
            await _tls.WriteAsync(buffer);
            return TransportStatus.Ok;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return StatusOf(_stream.SendStatus);
        }
    }

    /// <summary>
    /// Sends close_notify, then FIN. Most peers close for good with their own close_notify, and answer ours with RST: nothing is lost by it.
    /// </summary>
    public override async ValueTask<TransportStatus> ShutdownSendAsync()
    {
        var status = await SendEndAsync();
        return status == TransportStatus.Reset && _hasPeerEnded ? TransportStatus.Ok : status;
    }

    public override ValueTask<TransportStatus> TruncateSendAsync() => _stream.ShutdownSendAsync();

    public override void Abort() => _inner.Abort();

    public override Socket? Borrow() => _inner.Borrow();

    /// <summary>After a failed handshake: FIN behind the alert, and sees that they arrive.</summary>
    /// <param name="maxBytes">How much is taken at most.</param>
    public async ValueTask LingerAsync(int maxBytes)
    {
        if (await TruncateSendAsync() == TransportStatus.Ok)
            await PlainAlert.LingerAsync(_inner, maxBytes);
    }

    public override async ValueTask DisposeAsync()
    {
        await _tls.DisposeAsync();
        await _inner.DisposeAsync();
    }

    private static TransportStatus StatusOf(TransportStatus below) => below == TransportStatus.Ok ? TransportStatus.Corrupt : below;

    private async ValueTask<TlsFailure?> HandshakeAsync(Func<SslStream, Task> handshake)
    {
        await _turn.WaitAsync();
        try
        {
            await handshake(_tls);
            return null;
        }
        catch (Exception e)
        {
            // What SslStream and its callbacks throw is no closed list.
            return TlsFailure.From(StatusOf(_stream.ReceiveStatus == TransportStatus.Ok ? _stream.SendStatus : _stream.ReceiveStatus), e);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<TransportStatus> SendEndAsync()
    {
        try
        {
            await SendCloseNotifyAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return StatusOf(_stream.SendStatus);
        }
        return await _stream.ShutdownSendAsync();
    }

    private async ValueTask SendCloseNotifyAsync()
    {
        Task sending;
        await _turn.WaitAsync();
        try
        {
            sending = _tls.ShutdownAsync();
        }
        finally
        {
            _turn.Release();
        }
        await sending;
    }

    /// <summary>As routes compare names; SslStream gives international ones in Unicode.</summary>
    private static string? NameOf(string name) =>
        HostName.TryNormalise(name, out var normalised, out _) && !HostName.LooksLikeAddress(normalised) ? normalised : null;

    private static string? CommonNameOf(X509Certificate2? certificate)
    {
        const string CommonName = "2.5.4.3";
        return certificate?.SubjectName.EnumerateRelativeDistinguishedNames()
            .FirstOrDefault(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)?.GetSingleElementValue();
    }
}
