using System.Net;
using System.Net.Sockets;
using L4Proxy.Core.Tests.House;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>A destination whose connections the test scripts.</summary>
internal sealed class TestUpstream : IDisposable
{
    private readonly Socket _listener;

    public TestUpstream(EndPoint? address = null)
    {
        address ??= Nowhere();
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

    /// <summary>An address where nothing listens until the test does.</summary>
    public static IPEndPoint Nowhere() => FreePorts.On(IPAddress.Loopback);

    public void Dispose() => _listener.Dispose();
}
