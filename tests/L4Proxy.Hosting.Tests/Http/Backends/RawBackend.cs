using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace L4Proxy.Hosting.Tests.Http.Backends;

/// <summary>A server that does not answer requests as it should.</summary>
internal sealed class RawBackend : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<Socket, Task> _serve;
    private readonly List<Socket> _accepted = [];
    private readonly Task _accepting;

    private RawBackend(Func<Socket, Task>? serve, bool listens = true)
    {
        _serve = serve ?? (_ => Task.CompletedTask);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        if (listens)
            _listener.Listen(serve is null ? 0 : 512);
        _accepting = serve is not null && listens ? AcceptAsync() : Task.CompletedTask;
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>How many connections it has had.</summary>
    public int Accepted => _accepted.Count;

    /// <summary>The keys of a cluster with it alone.</summary>
    public string Cluster => $$""" "Destinations": { "a": { "Address": "127.0.0.1:{{Port}}" } } """;

    /// <summary>It refuses. The port is its own, so that nobody else listens on it.</summary>
    public static RawBackend Closed() => new(_ => Task.CompletedTask, listens: false);

    /// <summary>It neither accepts nor refuses, as where packets are dropped: its backlog is full.</summary>
    public static RawBackend Unreachable()
    {
        var backend = new RawBackend(serve: null);
        for (var i = 0; i < 3; i++)
        {
            var waiting = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            backend._accepted.Add(waiting);
            _ = waiting.ConnectAsync(backend._listener.LocalEndPoint!);
        }
        return backend;
    }

    /// <summary>It accepts and never says anything.</summary>
    public static RawBackend Stalled() => new(_ => Task.CompletedTask);

    /// <summary>It resets as soon as a request has come.</summary>
    public static RawBackend Resetting() => new(ResetAfterRequestAsync);

    /// <summary>It answers the first request of a connection, and resets with the second.</summary>
    public static RawBackend ForOneRequest() => new(async socket =>
    {
        await socket.ReceiveAsync(new byte[4096]);
        await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        await ResetAfterRequestAsync(socket);
    });

    /// <summary>It answers with less than it has promised and resets.</summary>
    public static RawBackend Truncating() => new(async socket =>
    {
        await socket.ReceiveAsync(new byte[4096]);
        await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe beginning"u8.ToArray());
        Reset(socket);
    });

    /// <summary>It answers the first request of each connection, and takes the next and ends.</summary>
    public static RawBackend AnsweringOnce(ConcurrentQueue<string> requests) => new(async socket =>
    {
        var buffer = new byte[4096];
        requests.Enqueue(Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer)));
        await socket.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        var count = await socket.ReceiveAsync(buffer);
        if (count > 0)
            requests.Enqueue(Encoding.ASCII.GetString(buffer, 0, count));
        socket.Shutdown(SocketShutdown.Both);
    });

    /// <summary>It answers with something that is no HTTP.</summary>
    public static RawBackend Speaking(string answer) => new(async socket =>
    {
        await socket.ReceiveAsync(new byte[4096]);
        await socket.SendAsync(Encoding.Latin1.GetBytes(answer));
        socket.Shutdown(SocketShutdown.Send);
    });

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        foreach (var socket in _accepted)
            socket.Dispose();
    }

    private static async Task ResetAfterRequestAsync(Socket socket)
    {
        await socket.ReceiveAsync(new byte[4096]);
        Reset(socket);
    }

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            for (;;)
            {
                var socket = await _listener.AcceptAsync();
                _accepted.Add(socket);
                _ = _serve(socket);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
