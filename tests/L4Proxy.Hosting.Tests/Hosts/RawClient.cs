using System.Net;
using System.Net.Sockets;
using System.Text;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>A client socket.</summary>
internal sealed class RawClient : IDisposable
{
    private RawClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static async Task<RawClient> ConnectAsync(EndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, endPoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(endPoint).InTime();
        return new RawClient(socket);
    }

    public static Task<RawClient> ConnectAsync(Uri url) => ConnectAsync(new IPEndPoint(IPAddress.Parse(url.Host), url.Port));

    public Task SendAsync(string text) => Socket.SendAsync(Encoding.ASCII.GetBytes(text)).InTime();

    /// <summary>Reads until <paramref name="end"/> has come or the peer has closed.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (!text.ToString().Contains(end, StringComparison.Ordinal))
        {
            var count = await Socket.ReceiveAsync(buffer).InTime();
            if (count == 0)
                break;
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return text.ToString();
    }

    /// <summary>Reads until the peer closes.</summary>
    public Task<string> ReadToEndAsync() => ReadUntilAsync("\0no such text\0");

    public void Dispose() => Socket.Dispose();
}
