using System.Net;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Kestrel;

/// <summary>Gives what an L4 endpoint leaves to HTTP back to the Kestrel listener it came from.</summary>
internal sealed class ListenerHandOver(
    string endpointId, EndPoint address, HttpConnections connections, ConnectionQueue queue, ILogger log) : IHttpHandOver
{
    private readonly HandedOverFeature _feature = new(endpointId);

    public string EndpointId => endpointId;

    public void HandOver(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client)
    {
        var context = connections.HandOver(connection, address, preface, client);
        context.Features.Set(_feature);
        if (!queue.Add(context))
            log.TooLateForHttp(address);
    }
}
