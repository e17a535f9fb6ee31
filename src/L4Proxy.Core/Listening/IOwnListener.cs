using System.Net;
using L4Proxy.Snapshot;

namespace L4Proxy.Listening;

/// <summary>One listening socket of L4Proxy's own, TCP or UDP, and the loop that takes from it. Disposed, it takes nothing new.</summary>
internal interface IOwnListener : IDisposable
{
    /// <summary>The address bound, with the real port where 0 was asked for.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>The endpoint that it serves from now on; what can be changed of the socket is, and where that fails it throws at the end.</summary>
    void Update(EndpointModel endpoint);
}
