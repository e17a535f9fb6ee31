using System.Net;
using System.Net.Sockets;
using System.Text;
using L4Proxy.Core.Tests.Tcp;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>A UDP socket, client or server, with a deadline on every wait.</summary>
internal sealed class TestDatagrams : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];

    public TestDatagrams(EndPoint? bind = null)
    {
        bind ??= new IPEndPoint(IPAddress.Loopback, 0);
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(bind);
    }

    public IPEndPoint Address => (IPEndPoint)_socket.LocalEndPoint!;

    public Task SendAsync(string text, EndPoint to) => SendAsync(Encoding.UTF8.GetBytes(text), to);

    public async Task SendAsync(ReadOnlyMemory<byte> datagram, EndPoint to) =>
        await _socket.SendToAsync(datagram, to, TestContext.Current.CancellationToken).InTime();

    public async Task<(byte[] Datagram, EndPoint From)> ReceiveAsync()
    {
        var any = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        var received = await _socket.ReceiveFromAsync(_buffer, any, TestContext.Current.CancellationToken).InTime();
        return (_buffer[..received.ReceivedBytes], received.RemoteEndPoint);
    }

    /// <summary>The next datagram, which must be this.</summary>
    /// <returns>Who sent it.</returns>
    public async Task<EndPoint> ExpectAsync(string text)
    {
        var (datagram, from) = await ReceiveAsync();
        Assert.Equal(text, Encoding.UTF8.GetString(datagram));
        return from;
    }

    public bool IsEmpty => _socket.Available == 0;

    public void Dispose() => _socket.Dispose();
}
