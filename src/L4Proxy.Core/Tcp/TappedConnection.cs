using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using L4Proxy.Taps;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>A client's connection of which somebody reads along. Its bytes go through this process's memory, never through a pipe in the kernel.</summary>
internal sealed class TappedConnection(TransportConnection inner, TapStream tap) : TransportConnection
{
    public override EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    public override bool IsHome => inner.IsHome;

    public override int Untaken => inner.Untaken;

    public override SendQueue SendQueue => inner.SendQueue;

    public override int Undelivered => inner.Undelivered;

    public override TransportStatus Failure => inner.Failure;

    /// <summary>The client's connection of a session as the relay is to have it, with what was read of it already.</summary>
    public static void Attach(TcpSession session, TapSet taps)
    {
        if (taps.Follow(session, session.ProxyHeader?.Destination ?? session.Client.LocalEndPoint) is not { } tap)
            return;
        tap.Up(session.Preface.Bytes.Span);
        session.Client = new TappedConnection(session.Client, tap);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<TransportResult> WaitAsync()
    {
        var result = await inner.WaitAsync();
        if (result.Status is not (TransportStatus.Ok or TransportStatus.Canceled))
            tap.Reset(fromClient: true);
        return result;
    }

    public override void CancelWait() => inner.CancelWait();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<TransportResult> TakeAsync(Memory<byte> buffer)
    {
        var result = await inner.TakeAsync(buffer);
        if (result.Bytes > 0)
            tap.Up(buffer.Span[..result.Bytes]);
        else if (result.Status is TransportStatus.Ok or TransportStatus.Truncated)
            tap.Finish(fromClient: true);
        else if (result.Status != TransportStatus.Canceled)
            tap.Reset(fromClient: true);
        return result;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        var status = await inner.SendAsync(buffer);
        if (status == TransportStatus.Ok)
            tap.Down(buffer.Span);
        return status;
    }

    public override void StartKeepAlive(TimeSpan time) => inner.StartKeepAlive(time);

    public override ValueTask<TransportStatus> ShutdownSendAsync()
    {
        tap.Finish(fromClient: false);
        return inner.ShutdownSendAsync();
    }

    public override bool TryEndByClosing()
    {
        var isLeftToThat = inner.TryEndByClosing();
        if (isLeftToThat)
            tap.Finish(fromClient: false);
        return isLeftToThat;
    }

    public override ValueTask<TransportStatus> TruncateSendAsync()
    {
        tap.Finish(fromClient: false);
        return inner.TruncateSendAsync();
    }

    public override void Abort()
    {
        tap.Reset(fromClient: false);
        inner.Abort();
    }

    public override Socket? Borrow() => inner.Borrow();

    public override ValueTask DisposeAsync()
    {
        tap.Close();
        return inner.DisposeAsync();
    }
}
