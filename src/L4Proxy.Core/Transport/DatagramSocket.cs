using System.Net;

namespace L4Proxy.Transport;

/// <summary>A listening socket that clients send datagrams to. Every member may be called from any thread.</summary>
internal abstract class DatagramSocket : IAsyncDisposable
{
    /// <summary>The longest datagram there is: UDP's length has 16 bits (RFC 768). Nothing is ever cut.</summary>
    public const int LongestDatagram = 65535;

    /// <summary>The address bound, with the real port where 0 was asked for.</summary>
    public abstract IPEndPoint LocalEndPoint { get; }

    /// <summary>Whether this thread is the socket's own: a flow may begin here and now, for nobody else needs the thread.</summary>
    public virtual bool IsHome => false;

    /// <summary>Has something done on the socket's own thread; where it has none, here and now.</summary>
    /// <param name="work">Must not throw.</param>
    /// <param name="state">What it is given.</param>
    public virtual void Post(SendOrPostCallback work, object state) => work(state);

    /// <summary>Gives every datagram to <paramref name="receiver"/>, one after the other; completes once the socket is closed. Called once.</summary>
    /// <param name="receiver">Must not throw.</param>
    /// <param name="state">What it is given.</param>
    public abstract ValueTask ReceiveAsync(DatagramReceiver receiver, object state);

    /// <summary>Sends one datagram, without waiting; perhaps together with others a moment later.</summary>
    /// <param name="datagram">All of it; may be empty. It is copied.</param>
    /// <param name="to">The client.</param>
    /// <param name="from">The address that the client sent to (<see cref="DatagramInfo.Local"/>); unspecified is the system's choice.</param>
    /// <param name="sent">Told once, within the call or soon after it.</param>
    /// <param name="state">What it is given.</param>
    public abstract void Send(ReadOnlySpan<byte> datagram, in DatagramAddress to, in DatagramAddress from, DatagramSent sent, object state);

    /// <summary>Sends at once what waits to be sent. On the socket's own thread.</summary>
    public virtual void Flush()
    {
    }

    /// <summary>Changes what can be changed without binding again: everything but <see cref="ListenOptions.ReusePort"/>.</summary>
    public abstract void Update(in ListenOptions options);

    /// <summary>Stops listening; completes once the address is free. Idempotent.</summary>
    public abstract ValueTask DisposeAsync();
}
