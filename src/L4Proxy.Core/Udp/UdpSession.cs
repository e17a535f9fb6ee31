using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Diagnostics;
using L4Proxy.Routing;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>One flow on its way through the stations: <see cref="Tcp.TcpSession"/>'s twin.</summary>
internal sealed class UdpSession : SessionEntry, ISessionRecord
{
    private readonly Lock _gate = new();
    // What came before there was an upstream.
    private readonly PendingDatagrams _pending = new();
    private readonly DatagramHeader? _header;
    private ConnectedDatagramSocket? _upstream;
    private int _endReason;
    private long _bytesUp;

    public UdpSession(in SessionKey key, UdpListener listener, EndpointModel endpoint, in RouteMatch match, CoarseClock clock)
        : base(key, match.Route!.UdpTimeouts!.Idle)
    {
        Listener = listener;
        Endpoint = endpoint;
        Match = match;
        StartTimestamp = clock.Time.GetTimestamp();
        Deadline = new SessionDeadline(this, clock);
        _header = DatagramHeader.For(this);
    }

    public long Id { get; } = SessionId.Next();

    public SessionDeadline Deadline { get; }

    public long StartTimestamp { get; }

    // accept

    /// <summary>Where the client's datagrams come in and its replies go out.</summary>
    public UdpListener Listener { get; }

    /// <summary>The endpoint as it was when the flow began: it keeps this snapshot to its end.</summary>
    public EndpointModel Endpoint { get; }

    public EndPoint ClientEndPoint => Key.Client.ToIPEndPoint();

    // match

    public RouteMatch Match { get; }

    public RouteModel Route => Match.Route!;

    public ClusterModel Cluster => Route.Cluster!;

    public string? ServerName => null;

    // pick, connect

    public DestinationState? Destination { get; set; }

    public ConnectedDatagramSocket? Upstream => Volatile.Read(ref _upstream);

    // relay

    public long BytesUp => Volatile.Read(ref _bytesUp);

    public long BytesDown { get; set; }

    // close

    public L4EndReason EndReason => (L4EndReason)Volatile.Read(ref _endReason);

    public bool IsCounted { get; set; }

    RouteModel? ISessionRecord.Route => Route;

    /// <summary>Says why it ends; the first cause stays.</summary>
    /// <returns>Whether this was the first.</returns>
    public bool TryEnd(L4EndReason reason) => Interlocked.CompareExchange(ref _endReason, (int)reason, 0) == 0;

    /// <summary>Sends a datagram of the client's, or keeps it until there is an upstream.</summary>
    public DatagramStatus SendUp(ReadOnlySpan<byte> datagram)
    {
        if (Upstream is { } upstream)
            return Send(upstream, datagram);
        lock (_gate)
        {
            if (_upstream is { } connected)
                return Send(connected, datagram);
            // Any that waits may become the first that is sent.
            if (_header?.Fits(datagram.Length) == false)
                return DatagramStatus.TooLarge;
            return _pending.TryAdd(datagram) ? DatagramStatus.Ok : DatagramStatus.Exhausted;
        }
    }

    /// <summary>Sends what waited, in its order, and from now on everything else.</summary>
    public void Attach(ConnectedDatagramSocket upstream)
    {
        lock (_gate)
        {
            foreach (var datagram in _pending.Datagrams)
                Send(upstream, datagram.Span);
            _pending.Release();
            Volatile.Write(ref _upstream, upstream);
        }
    }

    /// <summary>Gives back what was not sent.</summary>
    public void Release()
    {
        lock (_gate)
            _pending.Release();
        Upstream?.Dispose();
    }

    private DatagramStatus Send(ConnectedDatagramSocket upstream, ReadOnlySpan<byte> datagram)
    {
        var status = _header is null ? upstream.TrySend(datagram) : _header.Send(upstream, datagram);
        if (status == DatagramStatus.Ok)
            Interlocked.Add(ref _bytesUp, datagram.Length);
        return status;
    }
}
