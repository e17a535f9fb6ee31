using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Transport;

/// <summary>
/// One byte stream, accepted or dialled: the only thing that the stations know of a socket. One receive and one send
/// may be under way at a time; every member may be called from any thread.
/// </summary>
internal abstract class TransportConnection : IAsyncDisposable, IAbortable
{
    /// <summary>This side's address.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address, as the socket sees it.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>
    /// Whether this thread is the connection's own: its walk may run here to the first wait, for nobody else needs the thread.
    /// </summary>
    public virtual bool IsHome => false;

    /// <summary>Receives at least one byte, or FIN. An empty buffer waits until there is something to receive and takes nothing.</summary>
    public abstract ValueTask<TransportResult> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Ends a wait (a receive into an empty buffer) with <see cref="TransportStatus.Canceled"/>; without one, does nothing.</summary>
    public abstract void CancelReceive();

    /// <summary>Copies what has arrived without taking it and without waiting: 0 when there is nothing, -1 when this connection cannot.</summary>
    public virtual int Peek(Span<byte> buffer) => -1;

    /// <summary>Sends all of <paramref name="buffer"/>; completes when the kernel has taken it.</summary>
    public abstract ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer);

    /// <summary>A pipe to <paramref name="target"/> inside the kernel; null where there is none, now or ever.</summary>
    public virtual TransportPipe? TryOpenPipe(TransportConnection target) => null;

    /// <summary>Half-closes: FIN after everything sent. Receiving goes on.</summary>
    public abstract ValueTask<TransportStatus> ShutdownSendAsync();

    /// <summary>
    /// Half-closes where the other side was cut off (<see cref="TransportStatus.Truncated"/>): FIN after everything sent, but
    /// nothing that says that this is all.
    /// </summary>
    public virtual ValueTask<TransportStatus> TruncateSendAsync() => ShutdownSendAsync();

    /// <summary>Ends both directions at once with RST; what is under way ends with <see cref="TransportStatus.Aborted"/>. Idempotent.</summary>
    public abstract void Abort();

    /// <summary>
    /// Gives the socket away, as for HTTP: this object is dead afterwards. Null when there is no socket to give.
    /// No receive or send may be under way.
    /// </summary>
    public virtual Socket? Detach() => null;

    /// <summary>Closes the descriptor. After both directions have ended this says nothing more on the wire.</summary>
    public abstract ValueTask DisposeAsync();
}
