using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
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
    private readonly HttpConnectionOptions _options;
    private readonly DescriptorBudget _budget;
    private readonly bool _noDelay;

    public HttpConnections(
        IOptions<SocketTransportOptions> options, IEnumerable<IMemoryPoolFactory<byte>> memory, DescriptorBudget budget, ILoggerFactory loggerFactory)
    {
        _budget = budget;
        var log = loggerFactory.CreateLogger(LogCategory);
        _options = new HttpConnectionOptions(options.Value, memory.LastOrDefault()?.Create() ?? MemoryPool<byte>.Shared, log);
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

    /// <summary>Takes over a connection that was looked into.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="listener">Kestrel's address that it came to; null if it came to none.</param>
    /// <param name="preface">What was read of it.</param>
    /// <param name="client">What is known of the client.</param>
    public ConnectionContext HandOver(TransportConnection connection, EndPoint? listener, ReadOnlySpan<byte> preface, in ClientInfo client)
    {
        // Without a socket of .NET's it stays where it is, on its reactor.
        if (connection.Detach() is not { } socket)
            return HandOver(new HttpConnection(connection, listener, _options, IsHttp2(preface, client), _budget), preface, client);
        ConnectionContext? context = null;
        try
        {
            context = Create(socket);
            HandedOver.Prepare(context, preface.ToArray(), client);
            return context;
        }
        catch
        {
            socket.Dispose();
            _ = context?.DisposeAsync().AsTask();
            throw;
        }
    }

    public void Dispose()
    {
        _factory.Dispose();
        _options.Dispose();
    }

    /// <summary>What was agreed on where TLS ends here; else what the client wants, and will most likely get.</summary>
    private static bool IsHttp2(ReadOnlySpan<byte> preface, in ClientInfo client) => client switch
    {
        { Tls: { } tls } => tls.Alpn == "h2",
        { Hello: { } hello } => hello.Alpn.Contains("h2"),
        _ => preface.StartsWith("PRI "u8), // RFC 9113 section 3.4
    };

    private static HttpConnection HandOver(HttpConnection connection, ReadOnlySpan<byte> preface, in ClientInfo client)
    {
        try
        {
            HandedOver.Prepare(connection, default, client);
            connection.Start(preface);
            return connection;
        }
        catch
        {
            _ = connection.DisposeAsync().AsTask();
            throw;
        }
    }

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
