using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace L4Proxy.Peers.Tests.Wire;

/// <summary>
/// A NAT between UDP clients and a port of loopback, as bad as it is told to be: it gives a client another port of its own in the middle, and still lets in
/// what comes to the one before; or it loses, doubles and disorders what a client sends first.
/// </summary>
internal sealed class UdpNat : IAsyncDisposable
{
    private readonly Socket _inside = NewSocket();
    private readonly IPEndPoint _to;
    private readonly long _movesAfter;
    private readonly bool _disorders;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _loops = [];
    private readonly ConcurrentBag<Socket> _outside = [];
    private int _moves;

    /// <summary>Begins to pass on.</summary>
    /// <param name="to">The port.</param>
    /// <param name="movesAfter">How many bytes come down to a client before it gets another port.</param>
    /// <param name="disorders">Whether the first datagram of a client is lost, and the two after it arrive the wrong way round, one twice.</param>
    public UdpNat(int to, long movesAfter = long.MaxValue, bool disorders = false)
    {
        _to = new(IPAddress.Loopback, to);
        _movesAfter = movesAfter;
        _disorders = disorders;
        _loops.Add(SendUpAsync());
    }

    /// <summary>Where clients find it.</summary>
    public int Port => ((IPEndPoint)_inside.LocalEndPoint!).Port;

    /// <summary>How many clients got another port.</summary>
    public int Moves => Volatile.Read(ref _moves);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_loops);
        foreach (var socket in _outside)
            socket.Dispose();
        _inside.Dispose();
        _stop.Dispose();
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20, SendBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private Task SendUpAsync() => UntilStoppedAsync(async () =>
    {
        var clients = new Dictionary<EndPoint, Client>();
        var buffer = new byte[65536];
        while (true)
        {
            var received = await _inside.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
            if (!clients.TryGetValue(received.RemoteEndPoint, out var client))
            {
                client = clients[received.RemoteEndPoint] = new(received.RemoteEndPoint);
                Move(client);
            }
            foreach (var datagram in Next(client, buffer[..received.ReceivedBytes]))
                await client.Outside.SendToAsync(datagram, _to, _stop.Token);
        }
    });

    /// <summary>What goes on of a client's datagrams now.</summary>
    private IEnumerable<byte[]> Next(Client client, byte[] datagram)
    {
        switch (_disorders ? client.Sent++ : int.MaxValue)
        {
            case 0:
                return [];
            case 1:
                client.Held = datagram;
                return [];
            case 2:
                return [datagram, datagram, client.Held!];
            default:
                return [datagram];
        }
    }

    private void Move(Client client)
    {
        client.Outside = NewSocket();
        _outside.Add(client.Outside);
        _loops.Add(SendDownAsync(client, client.Outside));
    }

    private Task SendDownAsync(Client client, Socket outside) => UntilStoppedAsync(async () =>
    {
        var buffer = new byte[65536];
        while (true)
        {
            var received = await outside.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stop.Token);
            await _inside.SendToAsync(buffer.AsMemory(0, received.ReceivedBytes), client.Address, _stop.Token);
            if (Interlocked.Add(ref client.Down, received.ReceivedBytes) < _movesAfter || client.HasMoved)
                continue;
            client.HasMoved = true;
            Move(client);
            Interlocked.Increment(ref _moves);
        }
    });

    private static async Task UntilStoppedAsync(Func<Task> loop)
    {
        try
        {
            await loop();
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private sealed class Client(EndPoint address)
    {
        public long Down;

        public EndPoint Address { get; } = address;

        public Socket Outside { get; set; } = null!;

        public bool HasMoved { get; set; }

        public int Sent { get; set; }

        public byte[]? Held { get; set; }
    }
}
