using System.Net;
using System.Net.Sockets;
using L4Proxy.InProcess;
using L4Proxy.Limits;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace L4Proxy.Kestrel;

/// <summary>
/// Binds Kestrel's TCP endpoints, so that L4 routes can share their ports. The listening socket is made as the app has set
/// Kestrel's socket transport up. Unix sockets, named pipes and inherited descriptors stay with Kestrel.
/// </summary>
internal sealed class L4ConnectionListenerFactory(
    IL4ConnectionGate gate, KestrelEndpointMap map, KestrelListeners listeners, HttpConnections connections, InProcessHttp inProcess,
    IOptions<SocketTransportOptions> transportOptions, IOptions<L4ProxyHostingOptions> hostingOptions, TransportChoice transport, DescriptorBudget budget, TimeProvider time, ILogger<L4ConnectionListener> log)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) =>
        endpoint is NoAddressEndPoint || (endpoint is IPEndPoint ip && hostingOptions.Value.SharesPort(ip));

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is NoAddressEndPoint)
            return new(new InMemoryListener(endpoint, new ConnectionQueue()));
        gate.Open();
        var socket = Bind(endpoint);
        try
        {
            // Accepted sockets inherit it; those that become HTTP are set as Kestrel's options say.
            socket.NoDelay = true;
            var listener = new L4ConnectionListener(
                listeners, map.Describe(endpoint, socket.LocalEndPoint!), transport.Streams.Listen(socket, transportOptions.Value.Backlog), gate,
                connections, inProcess, budget, time, log);
            listener.Start(transport.Streams.DescriptorsAt(socket.LocalEndPoint!));
            return new(listener);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private Socket Bind(EndPoint endpoint)
    {
        try
        {
            return transportOptions.Value.CreateBoundListenSocket(endpoint);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            // What Kestrel turns into its usual message.
            throw new AddressInUseException(e.Message, e);
        }
    }
}
