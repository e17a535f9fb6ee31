using System.Net;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Kestrel;

/// <summary>Gives what an L4 endpoint leaves to HTTP back to the Kestrel listener it came from.</summary>
internal sealed class ListenerHandOver(
    string endpointId, EndPoint address, HttpConnections connections, ConnectionQueue queue, IHttpHandOver inProcess, ILogger log) : IHttpHandOver
{
    public string EndpointId => endpointId;

    public void HandOver(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client)
    {
        // Where its TLS has ended here, Kestrel's endpoint would want another.
        if (client.Tls is not null)
        {
            inProcess.HandOver(connection, preface, client);
            return;
        }
        var context = connections.HandOver(connection, address, preface, client);
        if (!queue.Add(context))
            log.TooLateForHttp(address);
    }
}
