namespace L4Proxy.Transport;

/// <summary>
/// The socket of one flow to its destination: it receives from there alone, and hears of it when the destination is not
/// there. Every member may be called from any thread.
/// </summary>
internal abstract class ConnectedDatagramSocket : IDisposable
{
    /// <summary>65535 bytes less the headers of IPv4 and UDP.</summary>
    public const int LongestPayload = 65507;

    /// <summary>
    /// Gives every datagram to <paramref name="receiver"/>, holding no buffer while there is none. Completes with
    /// <see cref="DatagramStatus.Refused"/> or <see cref="DatagramStatus.Unreachable"/> when the network says so (once: then it
    /// may be called again), with <see cref="DatagramStatus.Closed"/> once the socket is closed. What the receiver throws, it throws.
    /// </summary>
    public abstract ValueTask<DatagramStatus> ReceiveAsync(ReplyReceiver receiver, object state);

    /// <summary>Sends one datagram, without waiting; it may be empty.</summary>
    public abstract DatagramStatus TrySend(ReadOnlySpan<byte> datagram);

    /// <summary>Closes the socket; a receive under way ends with <see cref="DatagramStatus.Closed"/>. Idempotent.</summary>
    public abstract void Dispose();
}
