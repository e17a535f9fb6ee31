using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace L4Proxy.Transport.Managed;

/// <summary>
/// Waits, again and again, until a datagram socket has something to receive, without a buffer and without taking it: a
/// peek at no bytes.
/// </summary>
internal sealed class DatagramReadiness(Socket socket) : SocketAsyncEventArgs(true), IValueTaskSource<DatagramStatus>
{
    private ManualResetValueTaskSourceCore<DatagramStatus> _completion;

    /// <summary>Waits; one wait at a time.</summary>
    public ValueTask<DatagramStatus> WaitAsync()
    {
        _completion.Reset();
        // Without the flag Windows would take a datagram, and lose it for want of a buffer.
        SocketFlags = SocketFlags.Peek;
        try
        {
            return socket.ReceiveAsync(this) ? new(this, _completion.Version) : new(End());
        }
        catch (ObjectDisposedException)
        {
            return new(DatagramStatus.Closed);
        }
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => _completion.SetResult(End());

    // EMSGSIZE: the datagram is longer than no bytes (Windows), or the path has become narrower (RFC 1191). Either way, look.
    private DatagramStatus End() => SocketError == SocketError.MessageSize ? DatagramStatus.Ok : DatagramError.Status(SocketError);

    DatagramStatus IValueTaskSource<DatagramStatus>.GetResult(short token) => _completion.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<DatagramStatus>.GetStatus(short token) => _completion.GetStatus(token);

    void IValueTaskSource<DatagramStatus>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _completion.OnCompleted(continuation, state, token, flags & ~ValueTaskSourceOnCompletedFlags.UseSchedulingContext);
}
