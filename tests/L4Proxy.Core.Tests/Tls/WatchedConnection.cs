using System.Collections.Concurrent;
using System.Net;
using L4Proxy.Transport;

namespace L4Proxy.Core.Tests.Tls;

/// <summary>Says what is asked of the connection below it, and cancels its first waits.</summary>
internal sealed class WatchedConnection(TransportConnection inner) : TransportConnection
{
    private int _cancel;

    /// <summary>The length of the buffer of each take; 0 of a wait.</summary>
    public ConcurrentQueue<int> Receives { get; } = new();

    /// <summary>The length of each send.</summary>
    public ConcurrentQueue<int> Sends { get; } = new();

    public override EndPoint? LocalEndPoint => inner.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => inner.RemoteEndPoint;

    public void CancelWaits(int count) => _cancel = count;

    public override ValueTask<TransportResult> WaitAsync()
    {
        Receives.Enqueue(0);
        return _cancel-- > 0 ? new(new TransportResult(0, TransportStatus.Canceled)) : inner.WaitAsync();
    }

    public override void CancelWait() => inner.CancelWait();

    public override ValueTask<TransportResult> TakeAsync(Memory<byte> buffer)
    {
        Receives.Enqueue(buffer.Length);
        return inner.TakeAsync(buffer);
    }

    public override ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer)
    {
        Sends.Enqueue(buffer.Length);
        return inner.SendAsync(buffer);
    }

    public override ValueTask<TransportStatus> ShutdownSendAsync() => inner.ShutdownSendAsync();

    public override void Abort() => inner.Abort();

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
