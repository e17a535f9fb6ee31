using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Names;
using L4Proxy.Routing;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>One flow on its way through the stations: <see cref="Tcp.TcpSession"/>'s twin.</summary>
internal sealed class UdpSession : SessionEntry, ISessionRecord
{
    // Who has not answered by then is not known to have got nothing: the network's own errors take up to 3 seconds (RFC 4861, ARP).
    private const long KeepFor = 3_500;
    private const long HearFor = 200;
    private const long SilentFor = 5_000;
    private const long AskAgainAfter = 1_000;

    private readonly CoarseClock _clock;
    private readonly DatagramHeader? _header;
    private TriedDestinations _tried;
    private List<IPEndPoint>? _triedAddresses;
    private EndPointOrder? _order;
    private IPEndPoint? _upstreamEndPoint;
    private DestinationState? _heardFor;
    // What waits for an upstream, and what is kept until it has answered; null where there is nothing to wait for.
    private PendingDatagrams? _pending;
    private long _keptUntil;
    private long _unansweredSince = long.MaxValue;
    private ConnectedDatagramSocket? _upstream;
    private SessionDeadline? _deadline;
    private SessionEnd _end;
    private ReportedBytes _reported;
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

    public RouteCaptures Captures => Match.GetCaptures(ServerName);

    // pick, connect

    public DestinationModel? Destination { get; private set; }

    /// <summary>The destinations that it was given.</summary>
    public ref TriedDestinations Tried => ref _tried;

    /// <summary>How many it was given.</summary>
    public int Attempts { get; set; }

    public ConnectedDatagramSocket? Upstream => Volatile.Read(ref _upstream);

    public IPEndPoint? UpstreamEndPoint => _upstreamEndPoint;

    /// <summary>Where its destination is, and what is learnt of that.</summary>
    public EndPointOrder? Addresses => _order;

    /// <summary>What the upstream said of its not being there, or Ok.</summary>
    public DatagramStatus Refusal { get; set; }

    /// <summary>Whether each datagram is a flow of its own, and nothing comes back.</summary>
    public bool IsOneWay => Responses == 0;

    // relay

    public long BytesUp => Volatile.Read(ref _bytesUp);

    public (long Up, long Down) Delivered => (BytesUp, BytesDown);

    public ref ReportedBytes Reported => ref _reported;

    // Of the socket's own thread alone, as are the next two.
    public long BytesDown { get; set; }

    /// <summary>Replies that wait to be sent.</summary>
    public int RepliesUnderWay { get; set; }

    /// <summary>Whether the destination has sent anything. Of the socket's own thread.</summary>
    public bool IsHeard { get; private set; }

    /// <summary>Whether the last of the replies that are awaited has come.</summary>
    public bool IsAnswered { get; set; }

    // close

    public L4EndReason EndReason => _end.Reason;

    public CancellationToken Ended => _end.Token;

    public bool IsCounted { get; set; }

    RouteModel? ISessionRecord.Route => Route;

    EndPoint? ISessionRecord.UpstreamEndPoint => UpstreamEndPoint;

    // A flow begins with what its client sends.
    bool ISessionRecord.IsSilent => false;

    /// <summary>Says why it ends; the first cause stays.</summary>
    /// <returns>Whether this was the first.</returns>
    public bool TryEnd(L4EndReason reason) => _end.TrySet(reason);

    /// <summary>Whether a datagram and the PROXY header that may have to go before it are one datagram.</summary>
    public bool Fits(int length) => _header?.Fits(length) ?? true;

    /// <summary>What comes before there is an upstream is to be kept. On the receiving thread, before another has the flow.</summary>
    public void KeepUntilConnected() => _pending ??= new();

    /// <summary>Sends a datagram of the client's, or keeps it until there is an upstream. On the receiving thread.</summary>
    /// <returns>Refused or Unreachable where nobody else can be tried.</returns>
    public DatagramStatus SendUp(ReadOnlySpan<byte> datagram, long now)
    {
        if (now < _unansweredSince)
            Volatile.Write(ref _unansweredSince, now);
        if (Volatile.Read(ref _pending) is { } pending)
            return SendUp(pending, datagram, now);
        if (Upstream is not { } upstream)
            return DatagramStatus.Closed;
        var status = Send(upstream, datagram);
        if (IsRefusal(status))
            Refusal = status;
        return status;
    }

    /// <summary>Takes a socket to an address of the destination, sends what waited, in its order, and from now on everything else.</summary>
    /// <param name="upstream">The socket.</param>
    /// <param name="endPoint">The address.</param>
    /// <param name="order">What is known of the destination's addresses.</param>
    /// <param name="keep">Whether what is sent is kept for another address or destination.</param>
    /// <returns>Refused or Unreachable where that shows at once: the socket is the caller's still.</returns>
    public DatagramStatus Attach(ConnectedDatagramSocket upstream, IPEndPoint endPoint, EndPointOrder order, bool keep)
    {
        (_upstreamEndPoint, _order) = (endPoint, order);
        Refusal = DatagramStatus.Ok;
        _keptUntil = _clock.Now + KeepFor;
        if (_pending is null && keep)
            _pending = new();
        if (_pending is not { } pending)
        {
            Interlocked.Exchange(ref _upstream, upstream);
            return DatagramStatus.Ok;
        }
        lock (pending.Gate)
        {
            var position = 0;
            while (pending.TryRead(ref position, out var datagram))
            {
                if (Send(upstream, datagram) is var status && IsRefusal(status))
                {
                    TakeBack();
                    return status;
                }
            }
            Interlocked.Exchange(ref _upstream, upstream);
            if (!keep)
                LetGo(pending);
        }
        return DatagramStatus.Ok;
    }

    /// <summary>It goes to this destination now.</summary>
    public void MoveTo(DestinationModel destination)
    {
        Destination?.State.Ended();
        Destination = destination;
        // Removed meanwhile: a reload changes the destination and then looks for its flows.
        Interlocked.MemoryBarrier();
        if (!destination.State.Enabled)
            DrainDestination();
    }

    /// <summary>Its destination is gone or off: it may go on for the cluster's <c>DrainTimeout</c>.</summary>
    public void DrainDestination() => Deadline.DrainBy(
        _clock.Now + (long)Cluster.DrainTimeout.TotalMilliseconds, L4EndReason.DestinationRemoved);

    /// <summary>An address that it cannot use.</summary>
    public void NoteTried(IPEndPoint endPoint) => (_triedAddresses ??= []).Add(endPoint);

    /// <summary>Goes on to another destination.</summary>
    public void ForgetTriedAddresses() => _triedAddresses?.Clear();

    /// <summary>Whether it has found that it cannot use an address.</summary>
    public bool HasTried(IPEndPoint endPoint) => _triedAddresses?.Contains(endPoint) ?? false;

    /// <summary>The destination is not there: what was sent to it waits for another.</summary>
    /// <returns>False where it is not kept, or not any more: who answered before, or has been there for a while, may have got it.</returns>
    public bool TryTakeBack()
    {
        if (Volatile.Read(ref _pending) is not { } pending)
            return false;
        ConnectedDatagramSocket? refused;
        lock (pending.Gate)
        {
            if (pending.IsReleased || _clock.Now > _keptUntil)
                return false;
            refused = _upstream;
            TakeBack();
        }
        refused?.Dispose();
        return true;
    }

    /// <summary>The destination has sent something. On the socket's own thread.</summary>
    public void NoteHeard()
    {
        if (Volatile.Read(ref _unansweredSince) != long.MaxValue)
            Volatile.Write(ref _unansweredSince, long.MaxValue);
        if (IsHeard)
            return;
        IsHeard = true;
        Destination!.State.Answered();
        _order!.NoteAnswered(_upstreamEndPoint!);
        if (Volatile.Read(ref _pending) is not { } pending)
            return;
        lock (pending.Gate)
            LetGo(pending);
    }

    /// <summary>Whether what the client sends has been without an answer for some seconds. Says so once a second.</summary>
    public bool IsUnheard(long now)
    {
        if (now - Volatile.Read(ref _unansweredSince) < SilentFor)
            return false;
        Volatile.Write(ref _unansweredSince, now - SilentFor + AskAgainAfter);
        return true;
    }

    /// <summary>
    /// One-way: whether it is to stay for a moment, to hear if the destination is not there. One flow at a time does that for each
    /// destination; the others are over when they have sent.
    /// </summary>
    public bool TryStayToHear()
    {
        StopHearing();
        if (!Destination!.State.TryBeginHearing())
            return false;
        _heardFor = Destination.State;
        Deadline.CompleteAfter(HearFor);
        return true;
    }

    /// <summary>Leaves that to another.</summary>
    public void StopHearing()
    {
        _heardFor?.EndHearing();
        _heardFor = null;
    }

    /// <summary>Drops an end of drain that no longer holds.</summary>
    public void LiftDrain(L4EndReason reason) => Volatile.Read(ref _deadline)?.LiftDrain(reason);

    /// <summary>Takes it off the clock for good.</summary>
    public void CancelDeadline() => Volatile.Read(ref _deadline)?.Cancel();

    /// <summary>Gives back what was not sent.</summary>
    public void Release()
    {
        if (Volatile.Read(ref _pending) is { } pending)
        {
            lock (pending.Gate)
                pending.Release();
        }
        Upstream?.Dispose();
    }

    private static bool IsRefusal(DatagramStatus status) => status is DatagramStatus.Refused or DatagramStatus.Unreachable;

    private DatagramStatus SendUp(PendingDatagrams pending, ReadOnlySpan<byte> datagram, long now)
    {
        ConnectedDatagramSocket refused;
        bool isKept;
        lock (pending.Gate)
        {
            if (_upstream is not { } upstream)
            {
                // Any that waits may become the first that is sent.
                if (!Fits(datagram.Length))
                    return DatagramStatus.TooLarge;
                return pending.TryAdd(datagram) ? DatagramStatus.Ok : DatagramStatus.Exhausted;
            }
            if (now > _keptUntil)
                LetGo(pending);
            isKept = pending.TryKeep(datagram);
            var status = Send(upstream, datagram);
            if (!IsRefusal(status))
                return status;
            Refusal = status;
            if (pending.IsReleased)
                return status;
            TakeBack();
            refused = upstream;
        }
        // With this its walk goes on, to another.
        refused.Dispose();
        return isKept ? DatagramStatus.Ok : DatagramStatus.Exhausted;
    }

    private void LetGo(PendingDatagrams pending)
    {
        pending.Release();
        Volatile.Write(ref _pending, null);
    }

    private void TakeBack()
    {
        Volatile.Write(ref _upstream, null);
        Volatile.Write(ref _bytesUp, 0);
        _header?.Reset();
    }

    private DatagramStatus Send(ConnectedDatagramSocket upstream, ReadOnlySpan<byte> datagram)
    {
        var status = _header is null ? upstream.TrySend(datagram) : _header.Send(upstream, datagram);
        if (status == DatagramStatus.Ok)
            Volatile.Write(ref _bytesUp, _bytesUp + datagram.Length);
        return status;
    }
}
