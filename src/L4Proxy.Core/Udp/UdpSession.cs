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
    private readonly CoarseClock _clock;
    private readonly DatagramHeader? _header;
    // What came before there was an upstream.
    private PendingDatagrams? _pending;
    private ConnectedDatagramSocket? _upstream;
    private SessionDeadline? _deadline;
    private SessionEnd _end;
    private long _bytesUp;

    public UdpSession(in SessionKey key, UdpShard shard, EndpointModel endpoint, in RouteMatch match, CoarseClock clock)
        : base(key, match.Route!.UdpTimeouts!.Idle)
    {
        Shard = shard;
        Endpoint = endpoint;
        _clock = clock;
        Match = match;
        StartTimestamp = clock.Time.GetTimestamp();
        _header = DatagramHeader.For(this);
    }

    public long Id { get; } = SessionId.Next();

    /// <summary>Made when there is one: most flows end in another way. From any thread.</summary>
    public SessionDeadline Deadline => _deadline ?? Interlocked.CompareExchange(ref _deadline, new(this, _clock), null) ?? _deadline;

    public long StartTimestamp { get; }

    // accept

    /// <summary>Where the client's datagrams come in and its replies go out.</summary>
    public UdpShard Shard { get; }

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

    // Of the socket's own thread alone, as are the next two.
    public long BytesDown { get; set; }

    /// <summary>Replies that wait to be sent.</summary>
    public int RepliesUnderWay { get; set; }

    /// <summary>Whether the last of the replies that are awaited has come.</summary>
    public bool IsAnswered { get; set; }

    // close

    public L4EndReason EndReason => _end.Reason;

    public CancellationToken Ended => _end.Token;

    public bool IsCounted { get; set; }

    RouteModel? ISessionRecord.Route => Route;

    // A flow begins with what its client sends.
    bool ISessionRecord.IsSilent => false;

    /// <summary>Says why it ends; the first cause stays.</summary>
    /// <returns>Whether this was the first.</returns>
    public bool TryEnd(L4EndReason reason) => _end.TrySet(reason);

    /// <summary>Whether a datagram and the PROXY header that may have to go before it are one datagram.</summary>
    public bool Fits(int length) => _header?.Fits(length) ?? true;

    /// <summary>What comes before there is an upstream is to be kept. On the receiving thread, before another has the flow.</summary>
    public void KeepUntilConnected() => _pending = new();

    /// <summary>Sends a datagram of the client's, or keeps it until there is an upstream. On the receiving thread.</summary>
    public DatagramStatus SendUp(ReadOnlySpan<byte> datagram)
    {
        if (Upstream is { } upstream)
            return Send(upstream, datagram);
        if (_pending is not { } pending)
            return DatagramStatus.Closed;
        lock (pending.Gate)
        {
            if (_upstream is { } connected)
                return Send(connected, datagram);
            // Any that waits may become the first that is sent.
            if (!Fits(datagram.Length))
                return DatagramStatus.TooLarge;
            return pending.TryAdd(datagram) ? DatagramStatus.Ok : DatagramStatus.Exhausted;
        }
    }

    /// <summary>Sends what waited, in its order, and from now on everything else.</summary>
    public void Attach(ConnectedDatagramSocket upstream)
    {
        if (_pending is not { } pending)
        {
            Interlocked.Exchange(ref _upstream, upstream);
            return;
        }
        lock (pending.Gate)
        {
            foreach (var datagram in pending.Datagrams)
                Send(upstream, datagram.Span);
            pending.Release();
            Interlocked.Exchange(ref _upstream, upstream);
        }
    }

    /// <summary>Takes it off the clock for good.</summary>
    public void CancelDeadline() => Volatile.Read(ref _deadline)?.Cancel();

    /// <summary>Gives back what was not sent.</summary>
    public void Release()
    {
        if (_pending is { } pending)
        {
            lock (pending.Gate)
                pending.Release();
        }
        Upstream?.Dispose();
    }

    private DatagramStatus Send(ConnectedDatagramSocket upstream, ReadOnlySpan<byte> datagram)
    {
        var status = _header is null ? upstream.TrySend(datagram) : _header.Send(upstream, datagram);
        if (status == DatagramStatus.Ok)
            Volatile.Write(ref _bytesUp, _bytesUp + datagram.Length);
        return status;
    }
}
