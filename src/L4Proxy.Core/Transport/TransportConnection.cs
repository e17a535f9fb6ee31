using System.Buffers;
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

    /// <summary>Waits until there is something to take: bytes, FIN or an error. Holds no buffer. The result has no bytes.</summary>
    public abstract ValueTask<TransportResult> WaitAsync();

    /// <summary>Ends a wait with <see cref="TransportStatus.Canceled"/>; without one, does nothing.</summary>
    public abstract void CancelWait();

    /// <summary>
    /// Takes what has arrived: bytes, FIN (no bytes, <see cref="TransportStatus.Ok"/>), an error, or
    /// <see cref="TransportStatus.Canceled"/> when there is nothing now. Does not wait for the peer.
    /// </summary>
    public abstract ValueTask<TransportResult> TakeAsync(Memory<byte> buffer);

    /// <summary>Copies what has arrived without taking it and without waiting: 0 when there is nothing, -1 when this connection cannot.</summary>
    public virtual int Peek(Span<byte> buffer) => -1;

    /// <summary>Sends all of <paramref name="buffer"/>; completes when the kernel has taken it.</summary>
    public abstract ValueTask<TransportStatus> SendAsync(ReadOnlyMemory<byte> buffer);

    /// <summary>
    /// Sends what the kernel takes at once, on whatever thread this is and while no send is under way; 0 where it takes nothing, where there is an
    /// error or where this connection cannot. What is left is to be sent with <see cref="SendAsync"/>, which also says what is wrong.
    /// </summary>
    public virtual int SendNow(in ReadOnlySequence<byte> data) => 0;

    /// <summary>After a send that failed: how many of its bytes the kernel did not take. All of them where it is not known.</summary>
    public virtual int Untaken => int.MaxValue;

    /// <summary>What was sent and is not with the peer yet. Known of sockets of ours on Linux, elsewhere always empty.</summary>
    public virtual SendQueue SendQueue => default;

    /// <summary>How many of the sent bytes <see cref="Abort"/> found that had not arrived at the peer.</summary>
    public virtual int Undelivered => 0;

    /// <summary>
    /// How the connection has failed, as far as that shows while nothing is received or sent; Ok where it has not, and where it is not known. Where FIN was
    /// sent and received it says nothing.
    /// </summary>
    public virtual TransportStatus Failure => TransportStatus.Ok;

    /// <summary>Has the kernel ask a peer that is silent for so long whether it is there still; zero does nothing. Where there is no TCP, nothing either.</summary>
    public virtual void StartKeepAlive(TimeSpan time)
    {
    }

    /// <summary>A pipe to <paramref name="target"/> inside the kernel; null where there is none, now or ever. On this connection's thread.</summary>
    public virtual TransportPipe? TryOpenPipe(TransportConnection target) => null;

    /// <summary>Half-closes: FIN after everything sent. Receiving goes on.</summary>
    public abstract ValueTask<TransportStatus> ShutdownSendAsync();

    /// <summary>
    /// Where nothing but <see cref="DisposeAsync"/> follows and the peer's FIN was taken: leaves it to that to send FIN. Saves a system call
    /// where it can; false where <see cref="ShutdownSendAsync"/> is to be asked.
    /// </summary>
    public virtual bool TryEndByClosing() => false;

    /// <summary>
    /// Half-closes where the other side was cut off (<see cref="TransportStatus.Truncated"/>): FIN after everything sent, but
    /// nothing that says that this is all.
    /// </summary>
    public virtual ValueTask<TransportStatus> TruncateSendAsync() => ShutdownSendAsync();

    /// <summary>
    /// Ends both directions at once; what is under way ends with <see cref="TransportStatus.Aborted"/>. The peer gets RST; but where FIN
    /// was sent and is still on its way, the kernel goes on sending what lies before it. Idempotent.
    /// </summary>
    public abstract void Abort();

    /// <summary>
    /// Gives a socket of .NET's away, as for HTTP: this object is dead afterwards. Null when there is none to give.
    /// No receive or send may be under way.
    /// </summary>
    public virtual Socket? Detach() => null;

    /// <summary>
    /// Another hold on the same socket, for its options; whoever asks closes it, before the connection. Null where there is none.
    /// </summary>
    public virtual Socket? Borrow() => null;

    /// <summary>Closes the descriptor. After both directions have ended this says nothing more on the wire.</summary>
    public abstract ValueTask DisposeAsync();
}
