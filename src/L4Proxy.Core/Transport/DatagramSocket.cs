using System.Net;

namespace L4Proxy.Transport;

/// <summary>
/// A listening socket that clients send datagrams to. One wait and one receive may be under way at a time; datagrams
/// are sent from any thread.
/// </summary>
internal abstract class DatagramSocket : IDisposable
{
    /// <summary>The address bound, with the real port where 0 was asked for.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>
    /// Completes with <see cref="DatagramStatus.Ok"/> once there may be something to receive, holding no buffer, and with
    /// <see cref="DatagramStatus.Closed"/> once the socket is closed. Any other status is of one datagram: wait again.
    /// </summary>
    public abstract ValueTask<DatagramStatus> WaitAsync();

    /// <summary>Takes one datagram, without waiting. What does not fit into <paramref name="buffer"/> is lost, and <see cref="DatagramInfo.Truncated"/> says so.</summary>
    public abstract DatagramStatus TryReceive(Span<byte> buffer, out DatagramInfo info);

    /// <summary>Sends one datagram, without waiting.</summary>
    /// <param name="datagram">All of it; may be empty.</param>
    /// <param name="to">The client.</param>
    /// <param name="from">The address that the client sent to (<see cref="DatagramInfo.Local"/>); unspecified is the system's choice.</param>
    public abstract DatagramStatus TrySend(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from);

    /// <summary>Changes what can be changed without binding again: everything but <see cref="ListenOptions.ReusePort"/>.</summary>
    public abstract void Update(in ListenOptions options);

    /// <summary>Stops listening; a wait under way ends with <see cref="DatagramStatus.Closed"/>. Idempotent, from any thread.</summary>
    public abstract void Dispose();
}
