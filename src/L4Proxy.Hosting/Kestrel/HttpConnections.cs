using System.Net.Sockets;
using System.Runtime.CompilerServices;
using L4Proxy.Connections;
using L4Proxy.Limits;
using L4Proxy.Tcp;
using L4Proxy.Transport;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace L4Proxy.Kestrel;

/// <summary>Makes sockets into connections for Kestrel to serve, the same ones that its own transport would make.</summary>
internal sealed class HttpConnections : IDisposable
{
    /// <summary>Kestrel's own category, so that what an app has set for it holds here too.</summary>
    private const string LogCategory = "Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets";

    private readonly SocketConnectionContextFactory _factory;
    private readonly DescriptorBudget _budget;
    private readonly bool _noDelay;

    public HttpConnections(IOptions<SocketTransportOptions> options, DescriptorBudget budget, ILoggerFactory loggerFactory)
    {
        _budget = budget;
        var log = loggerFactory.CreateLogger(LogCategory);
        _noDelay = options.Value.NoDelay;
        _factory = new SocketConnectionContextFactory(OptionsOf(options.Value, log), log);
    }

    /// <summary>Takes the socket over; Kestrel's transport starts to receive at once.</summary>
    public ConnectionContext Create(Socket socket)
    {
        if (socket.AddressFamily != AddressFamily.Unix)
            socket.NoDelay = _noDelay;
        return new CountedConnection(_factory.Create(socket), _budget);
    }

    /// <summary>Takes over a connection that was looked into, with what is inside of its TLS where that has ended. Null when there is nothing to take; it is aborted then.</summary>
    public ConnectionContext? HandOver(TransportConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client)
    {
        var socket = connection.Detach();
        if (socket is null && client.Tls is null)
        {
            connection.Abort();
            return null;
        }
        ConnectionContext? context = null;
        try
        {
            context = socket is null ? new CountedConnection(new PipedConnection(connection), _budget) : Create(socket);
            HandedOver.Prepare(context, preface.ToArray(), client);
            return context;
        }
        catch
        {
            socket?.Dispose();
            _ = context?.DisposeAsync().AsTask();
            throw;
        }
    }

    public void Dispose() => _factory.Dispose();

    /// <summary>What can be set without Kestrel's help: all but its pinned memory pool and its FinOnError switch.</summary>
    internal static SocketConnectionFactoryOptions PublicOptionsOf(SocketTransportOptions options) => new()
    {
        IOQueueCount = options.IOQueueCount,
        MaxReadBufferSize = options.MaxReadBufferSize,
        MaxWriteBufferSize = options.MaxWriteBufferSize,
        UnsafePreferInlineScheduling = options.UnsafePreferInlineScheduling,
        WaitForDataBeforeAllocatingBuffer = options.WaitForDataBeforeAllocatingBuffer,
    };

    private static SocketConnectionFactoryOptions OptionsOf(SocketTransportOptions options, ILogger log)
    {
        try
        {
            return KestrelOptionsOf(options);
        }
        catch (MissingMethodException)
        {
            log.OwnMemoryPool();
            return PublicOptionsOf(options);
        }
    }

    // Outside of its own listener Kestrel would take ArrayPool: the pool that DI has put into the transport's options is copied
    // by this constructor alone, which is not public.
    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    private static extern SocketConnectionFactoryOptions KestrelOptionsOf(SocketTransportOptions options);
}
