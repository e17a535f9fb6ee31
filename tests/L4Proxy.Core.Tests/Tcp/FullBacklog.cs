using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Listens, but its queue is full: a SYN gets no answer.</summary>
internal sealed class FullBacklog : IDisposable
{
    private readonly Socket _listener;
    private readonly List<Socket> _waiting = [];

    public FullBacklog(IPEndPoint? address = null)
    {
        address ??= FreePorts.On(IPAddress.Loopback);
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(address);
        _listener.Listen(0);
        for (var i = 0; i < 4; i++)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            _waiting.Add(socket);
            try
            {
                socket.Connect(_listener.LocalEndPoint!);
            }
            catch (SocketException)
            {
                // In progress: that is the point.
            }
        }
    }

    public EndPoint Address => _listener.LocalEndPoint!;

    public void Dispose()
    {
        _listener.Dispose();
        _waiting.ForEach(socket => socket.Dispose());
    }
}
