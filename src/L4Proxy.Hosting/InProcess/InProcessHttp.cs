using L4Proxy.Kestrel;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace L4Proxy.InProcess;

/// <summary>Where connections of L4Proxy's own endpoints go that a route leaves to HTTP: a listener of Kestrel's without an address.</summary>
internal sealed class InProcessHttp(HttpConnections connections, IServiceProviderIsService services) : IHttpHandOver
{
    /// <summary>Connections for the server. Those that come before it has started wait here.</summary>
    public ConnectionQueue Queue { get; } = new();

    /// <summary>Whether this host serves HTTP at all.</summary>
    public bool HasWebServer { get; } = services.IsService(typeof(IServer));

    /// <summary>Whether HTTP is served here: only the generic host can run a second server for the same app.</summary>
    public bool IsAvailable { get; } = services.IsService(typeof(IServer)) && services.IsService(typeof(IHost));

    public void HandOver(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client)
    {
        if (!IsAvailable)
            connection.Abort();
        else
            Queue.Add(connections.HandOver(connection, listener: null, preface, client));
    }
}
