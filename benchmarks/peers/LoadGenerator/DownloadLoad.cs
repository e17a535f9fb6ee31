using System.Globalization;
using System.Text;

namespace L4Proxy.LoadGenerator;

/// <summary>HTTP requests for a large file on kept connections. The units are bytes of the file.</summary>
internal sealed class DownloadLoad(InternetAddress proxy, string path, Load load)
{
    private const long LargestRead = 1 << 20;
    private static readonly byte[] EndOfHeader = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] ContentLength = "Content-Length: "u8.ToArray();
    private readonly byte[] _request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: bulk\r\n\r\n");

    public void Run() => load.Run(Client);

    private void Client(int index)
    {
        var socket = SocketDescriptor.Connect(SocketDescriptor.Source(index), proxy);
        while (!load.IsOver)
        {
            if (socket >= 0 && TryOnce(socket))
                continue;
            load.AddError();
            break;
        }

        _ = LibC.Close(socket);
    }

    private bool TryOnce(int socket)
    {
        var rest = SocketDescriptor.TrySend(socket, _request) ? ReadHeader(socket) : -1;
        while (rest > 0 && !load.IsOver)
        {
            var received = SocketDescriptor.Discard(socket, Math.Min(rest, LargestRead));
            if (received <= 0)
                return false;
            rest -= received;
            load.Add(received);
        }

        return rest >= 0;
    }

    /// <returns>How many bytes of the body are still to come, or -1 when this is no good answer.</returns>
    private long ReadHeader(int socket)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var length = 0;
        int end;
        do
        {
            var received = SocketDescriptor.Receive(socket, buffer[length..]);
            if (received <= 0)
                return -1;
            length += received;
            end = buffer[..length].IndexOf(EndOfHeader);
        }
        while (end < 0);

        var at = buffer[..end].IndexOf(ContentLength);
        if (!buffer.StartsWith("HTTP/1.1 200 "u8) || at < 0)
            return -1;
        var digits = buffer[(at + ContentLength.Length)..];
        var body = length - end - EndOfHeader.Length;
        load.Add(body);
        return long.Parse(digits[..digits.IndexOf((byte)'\r')], CultureInfo.InvariantCulture) - body;
    }
}
