using L4Proxy.Kestrel;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.InProcess;

/// <summary>Where connections of L4Proxy's own endpoints go that a route leaves to HTTP: a listener of Kestrel's without an address.</summary>
internal sealed class InProcessHttp(HttpConnections connections, IServiceProvider services) : IHttpHandOff
{
    // Asked for late: the server needs this object.
    private readonly Lazy<IServer?> _server = new(services.GetService<IServer>);

    /// <summary>Connections for the server. Those that come before it has started wait here.</summary>
    public ConnectionQueue Queue { get; } = new();

    /// <summary>The web server of this host, or null where there is none.</summary>
    public IServer? Server => _server.Value;

    /// <summary>Whether HTTP is served here: only Kestrel does it.</summary>
    public bool IsAvailable => Server is ServerWithInProcessHttp;

    public void HandOff(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client)
    {
        if (!IsAvailable)
            connection.Abort();
        else if (connections.TakeOver(connection, preface, client) is { } context)
            Queue.Add(context);
    }
}
