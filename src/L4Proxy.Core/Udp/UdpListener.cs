using System.Buffers;
using System.Net;
using L4Proxy.Diagnostics;
using L4Proxy.Listening;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>
/// Station accept: one listening socket, the flows of its clients, and the loop that takes datagrams from it. Disposed, it
/// takes no new flows; those that are there go on, and the last one closes the socket.
/// </summary>
internal sealed class UdpListener : Deadline, IOwnListener
{
    private const int LongestDatagram = 65535;
    // So many in a row at the most: other sockets want their turn on this thread.
    private const int MaxInARow = 256;
    private const long SweepEvery = 250;
    // While the host stops, a flow that has been silent for so long has nothing more to say.
    private const long SilentWhileStopping = 2000;

    private readonly DatagramSocket _socket;
    private readonly UdpProxy _proxy;
    private readonly CoarseClock _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly UdpSession?[] _expired = new UdpSession?[64];
    private volatile EndpointModel _endpoint;
    private int _flows;
    private bool _isClosing;
    private bool _isStopping;

    /// <summary>Begins to take datagrams.</summary>
    public UdpListener(DatagramSocket socket, EndpointModel endpoint, UdpProxy proxy, CoarseClock clock, ILogger log)
    {
        _socket = socket;
        _endpoint = endpoint;
        _proxy = proxy;
        _clock = clock;
        _log = log;
        Table = new SessionTable<UdpSession>(endpoint.MaxSessions);
        clock.Wheel.Schedule(this, clock.Now + SweepEvery);
        _ = ReceiveAllAsync();
    }

    public EndPoint LocalEndPoint => _socket.LocalEndPoint;

    public EndpointModel Endpoint => _endpoint;

    /// <summary>The flows of this socket.</summary>
    public SessionTable<UdpSession> Table { get; }

    /// <summary>Whether it takes no new flows.</summary>
    public bool IsClosing => Volatile.Read(ref _isClosing);

    /// <summary>Whether the socket is closed.</summary>
    public bool IsClosed => _closed.Task.IsCompleted;

    /// <summary>Completes when the socket is closed.</summary>
    public Task Closed => _closed.Task;

    public void Update(EndpointModel endpoint)
    {
        if (endpoint.ListenOptions != _endpoint.ListenOptions)
            _socket.Update(endpoint.ListenOptions);
        Table.MaxSessions = endpoint.MaxSessions;
        _endpoint = endpoint;
    }

    /// <summary>Takes new flows again, if the socket is still there.</summary>
    public bool TryReopen(EndpointModel endpoint)
    {
        lock (_gate)
        {
            if (IsClosed)
                return false;
            _isClosing = false;
        }
        Update(endpoint);
        return true;
    }

    /// <summary>The host stops: flows that fall silent end.</summary>
    public void BeginStop() => Volatile.Write(ref _isStopping, true);

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosing = true;
            CloseIfEmpty();
        }
    }

    /// <summary>Counts a flow in.</summary>
    /// <returns>False when there may be no more.</returns>
    public bool TryEnter(EndpointModel endpoint)
    {
        lock (_gate)
        {
            if (_isClosing || !endpoint.Flows.TryEnter(endpoint.MaxSessions))
                return false;
            _flows++;
            return true;
        }
    }

    /// <summary>Counts a flow out.</summary>
    public void Leave(EndpointModel endpoint)
    {
        endpoint.Flows.Leave();
        lock (_gate)
        {
            _flows--;
            CloseIfEmpty();
        }
    }

    /// <summary>Sends to a flow's client, from the address that it asked.</summary>
    public DatagramStatus TrySend(ReadOnlySpan<byte> datagram, in SessionKey key) => _socket.TrySend(datagram, key.Client, key.Local);

    protected override void OnExpired(long now)
    {
        int count;
        do
        {
            count = Table.ExpireIdle(now, _expired);
            foreach (var session in _expired.AsSpan(0, count))
                Teardown.End(session!, L4EndReason.IdleTimeout);
        }
        while (count == _expired.Length);
        Array.Clear(_expired);
        if (Volatile.Read(ref _isStopping))
            EndSilent(now);
        if (!IsClosed)
            _clock.Wheel.Schedule(this, now + SweepEvery);
    }

    private void EndSilent(long now)
    {
        foreach (var session in Table.ToList().Where(session => now - session.LastActive > SilentWhileStopping))
            Teardown.End(session, L4EndReason.Completed);
    }

    private void CloseIfEmpty()
    {
        if (!_isClosing || _flows > 0 || IsClosed)
            return;
        _socket.Dispose();
        _closed.SetResult();
    }

    private async Task ReceiveAllAsync()
    {
        while (await _socket.WaitAsync() != DatagramStatus.Closed)
        {
            try
            {
                if (ReceiveSome() == MaxInARow)
                    await Task.Yield();
            }
            catch (Exception e)
            {
                _log.ReceiveFailed(e, LocalEndPoint);
            }
        }
    }

    private int ReceiveSome()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(LongestDatagram);
        try
        {
            var count = 0;
            while (count < MaxInARow && _socket.TryReceive(buffer, out var info) == DatagramStatus.Ok)
            {
                count++;
                _proxy.Receive(this, buffer.AsSpan(0, Math.Min(info.Length, buffer.Length)), info);
            }
            return count;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
