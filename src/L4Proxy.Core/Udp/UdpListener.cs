using System.Net;
using L4Proxy.Listening;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>
/// Station accept: one address, the sockets that share it, and the flows of its clients. Disposed, it takes no new flows;
/// those that are there go on, and the last one closes the sockets, all at once: without one of them, what is sent to the others would
/// come to different ones.
/// </summary>
internal sealed class UdpListener : Deadline, IOwnListener
{
    private const long SweepEvery = 250;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);

    private readonly UdpShard[] _shards;
    private readonly CoarseClock _clock;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile EndpointModel _endpoint;
    private volatile bool _isClosing;
    private volatile bool _isStopping;
    private bool _isShut;
    private int _flows;

    /// <summary>Begins to take datagrams.</summary>
    public UdpListener(IReadOnlyList<DatagramSocket> sockets, EndpointModel endpoint, UdpProxy proxy, CoarseClock clock, ILogger log)
    {
        _endpoint = endpoint;
        _clock = clock;
        LocalEndPoint = sockets[0].LocalEndPoint;
        var affinities = new SessionAffinities();
        _shards = [.. sockets.Select(socket => new UdpShard(this, socket, proxy, affinities, clock, log))];
        clock.Wheel.Schedule(this, clock.Now + SweepEvery);
        foreach (var shard in _shards)
            _ = shard.RunAsync();
    }

    public EndPoint LocalEndPoint { get; }

    /// <summary>The QUIC connections that its flows carry, whichever shard has them.</summary>
    public QuicConnections Connections { get; } = new();

    public EndpointModel Endpoint => _endpoint;

    /// <summary>Whether it takes no new flows.</summary>
    public bool IsClosing => _isClosing;

    /// <summary>Completes when the sockets are closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>The flows at this moment.</summary>
    public IEnumerable<UdpSession> Sessions => _shards.SelectMany(shard => shard.Table.ToList());

    /// <summary>How many flows there are.</summary>
    public int Count => _shards.Sum(shard => shard.Table.Count);

    public void Update(EndpointModel endpoint)
    {
        var before = _endpoint;
        _endpoint = endpoint;
        if (endpoint.ListenOptions == before.ListenOptions)
            return;
        foreach (var shard in _shards)
            shard.Socket.Update(endpoint.ListenOptions);
    }

    /// <summary>Takes new flows again, if the sockets are still there.</summary>
    public bool TryReopen(EndpointModel endpoint)
    {
        lock (_gate)
        {
            if (_isShut)
                return false;
            _isClosing = false;
        }
        Update(endpoint);
        return true;
    }

    /// <summary>The host stops: flows that fall silent end.</summary>
    public void BeginStop() => _isStopping = true;

    public void Dispose()
    {
        _isClosing = true;
        // Whoever leaves last sees that it is closing, or this sees that nobody is there.
        Interlocked.MemoryBarrier();
        // Whoever comes next may want the same address.
        if (TryShut())
            _closed.Task.Wait(s_patience);
    }

    /// <summary>Counts a flow in. From any thread.</summary>
    /// <returns>False where it is to leave again: nothing new is taken.</returns>
    public bool Enter()
    {
        Interlocked.Increment(ref _flows);
        return !_isClosing;
    }

    /// <summary>Counts a flow out. From any thread.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _flows) == 0 && _isClosing)
            TryShut();
    }

    protected override void OnExpired(long now)
    {
        // First: whatever happens below, idle flows go on to end.
        if (!_closed.Task.IsCompleted)
            _clock.Wheel.Schedule(this, now + SweepEvery);
        foreach (var shard in _shards)
            shard.EndIdle(now, _isStopping);
    }

    /// <summary>Closes the sockets if it is to be closed and has no flows.</summary>
    private bool TryShut()
    {
        lock (_gate)
        {
            if (_isShut || !_isClosing || Volatile.Read(ref _flows) > 0)
                return _isShut;
            _isShut = true;
        }
        _ = ShutAsync();
        return true;
    }

    private async Task ShutAsync()
    {
        await Task.WhenAll(_shards.Select(shard => shard.Socket.DisposeAsync().AsTask()));
        _closed.TrySetResult();
    }
}
