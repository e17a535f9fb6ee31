using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>Where connections go that HTTP is to serve. Implemented beside Kestrel; Core only knows that someone takes them.</summary>
internal interface IHttpHandOver
{
    /// <summary>
    /// Takes the connection over for good: the caller neither reads, writes nor closes it afterwards.
    /// </summary>
    /// <param name="connection">The client's connection.</param>
    /// <param name="preface">Bytes already read from it, to be served first. Valid only during the call; empty when nothing was taken.</param>
    /// <param name="client">What is known of the client.</param>
    void HandOver(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client);
}
