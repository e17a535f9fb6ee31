using System.Net;
using System.Net.Sockets;
using L4Proxy.Transport.Linux;

namespace L4Proxy.Transport.Managed;

/// <summary>The transport for any operating system: <see cref="Socket"/>, 64 KiB pooled buffers, zero-byte waits.</summary>
internal sealed class ManagedTransport : SocketTransport
{
    public override IReadOnlyList<TransportListener> Listen(Socket bound, int backlog)
    {
        bound.Listen(backlog);
        return [new ManagedListener(bound)];
    }

    /// <summary>And one for the connection that is accepted in advance.</summary>
    public override int DescriptorsAt(EndPoint endPoint) => 2;

    public override TransportSocket CreateSocket(EndPoint endPoint, in DialOptions options)
    {
        var socket = TcpOptions.NewSocket(endPoint);
        try
        {
            TcpOptions.Apply(socket, options);
            if (options.From?.NextFor(endPoint.AddressFamily) is { } source)
                SourceAddress.Bind(socket, source);
            return new ManagedConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
