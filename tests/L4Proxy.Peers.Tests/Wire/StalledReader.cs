using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>An HTTP client that asks for something and reads nothing of the answer, over a connection that has room for little.</summary>
internal sealed class StalledReader : IDisposable
{
    private const int IpProtoTcp = 6;
    private const int TcpMaxSegment = 2;

    // With short segments the server's kernel buffers some ten kilobytes instead of megabytes.
    private const int SegmentBytes = 536;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2048 };
    private readonly int _port;

    private StalledReader(int port)
    {
        _port = port;
        _socket.SetRawSocketOption(IpProtoTcp, TcpMaxSegment, BitConverter.GetBytes(SegmentBytes));
    }

    /// <summary>Asks a port of loopback.</summary>
    public static async Task<StalledReader> AskAsync(int port, string path, CancellationToken cancellation)
    {
        var reader = new StalledReader(port);
        await reader._socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        await reader._socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"), cancellation);
        return reader;
    }

    /// <summary>How much the server's kernel still holds for it; null where the server has no connection to it any more.</summary>
    public async Task<long?> PendingBytesAsync(CancellationToken cancellation)
    {
        // "sl local_address rem_address st tx_queue:rx_queue ...", as the server sees it.
        var (local, remote) = (Text(_port), Text(((IPEndPoint)_socket.LocalEndPoint!).Port));
        var lines = await File.ReadAllLinesAsync("/proc/net/tcp", cancellation);
        var fields = lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).FirstOrDefault(fields => fields[1] == local && fields[2] == remote);
        return fields is null ? null : long.Parse(fields[4].Split(':')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    public void Dispose() => _socket.Dispose();

    private static string Text(int port) => string.Create(CultureInfo.InvariantCulture, $"0100007F:{port:X4}");
}
