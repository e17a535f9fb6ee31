using System.Net;

namespace L4Proxy.Transport;

/// <summary>A connection that is a socket of ours, and so can be dialled.</summary>
internal abstract class TransportSocket : TransportConnection
{
    /// <summary>Dials <paramref name="endPoint"/>, once. <see cref="TransportConnection.Abort"/> gives up.</summary>
    public abstract ValueTask<TransportStatus> ConnectAsync(EndPoint endPoint);
}
