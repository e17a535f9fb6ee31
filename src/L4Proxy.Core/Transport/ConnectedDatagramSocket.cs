namespace L4Proxy.Transport;

/// <summary>
/// The socket of one flow to its destination: it receives from there alone, and hears of it when the destination is not
/// there. One wait and one receive may be under way at a time; datagrams are sent from any thread.
/// </summary>
internal abstract class ConnectedDatagramSocket : IDisposable
{
    /// <summary>65535 bytes less the headers of IPv4 and UDP.</summary>
    public const int LongestPayload = 65507;

    /// <summary>
    /// Completes with <see cref="DatagramStatus.Ok"/> once there may be something to receive, holding no buffer; with
    /// <see cref="DatagramStatus.Refused"/> or <see cref="DatagramStatus.Unreachable"/> when the network says so (once: the
    /// next wait starts anew); with <see cref="DatagramStatus.Closed"/> once the socket is closed.
    /// </summary>
    public abstract ValueTask<DatagramStatus> WaitAsync();

    /// <summary>Takes one datagram, without waiting.</summary>
    /// <param name="buffer">Where to; what does not fit is lost.</param>
    /// <param name="length">The datagram's own length: more than <paramref name="buffer"/> holds means that it was cut.</param>
    public abstract DatagramStatus TryReceive(Span<byte> buffer, out int length);

    /// <summary>Sends one datagram, without waiting; it may be empty.</summary>
    public abstract DatagramStatus TrySend(ReadOnlySpan<byte> datagram);

    /// <summary>Closes the socket; a wait under way ends with <see cref="DatagramStatus.Closed"/>. Idempotent, from any thread.</summary>
    public abstract void Dispose();
}
