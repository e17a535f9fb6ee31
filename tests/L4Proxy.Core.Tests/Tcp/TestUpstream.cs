using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A destination whose connections the test scripts.</summary>
internal sealed class TestUpstream : IDisposable
{
    private readonly Socket _listener;

    public TestUpstream(EndPoint? address = null)
    {
        address ??= new IPEndPoint(IPAddress.Loopback, 0);
        _listener = new Socket(
            address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        _listener.Bind(address);
        _listener.Listen();
    }

    /// <summary>That of connections accepted from now on.</summary>
    public int ReceiveBufferSize
    {
        set => _listener.ReceiveBufferSize = value;
    }

    public Socket Listener => _listener;

    public EndPoint Address => _listener.LocalEndPoint!;

    /// <summary>The next connection, however long that takes.</summary>
    public async Task<TestPeer> AcceptUntilAsync(CancellationToken stop) => new(await _listener.AcceptAsync(stop));

    public async Task<TestPeer> AcceptAsync() =>
        new(await _listener.AcceptAsync(TestContext.Current.CancellationToken).InTime("a connection to the upstream"));

    /// <summary>The next connection, waited for by this thread.</summary>
    public Socket Accept()
    {
        Assert.True(_listener.Poll(TestPeer.Patience, SelectMode.SelectRead));
        return _listener.Accept();
    }

    /// <summary>An address where nothing listens.</summary>
    public static IPEndPoint Nowhere()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    public void Dispose() => _listener.Dispose();
}
