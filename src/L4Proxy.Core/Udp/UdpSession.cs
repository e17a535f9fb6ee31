using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Names;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Taps;
using L4Proxy.Timing;

namespace L4Proxy.Udp;

/// <summary>One flow on its way through the stations: <see cref="Tcp.TcpSession"/>'s twin.</summary>
internal sealed class UdpSession : SessionEntry, ISessionRecord
{
    private const long HearFor = 200;

    private readonly CoarseClock _clock;
    private TriedDestinations _tried;
    private List<IPEndPoint>? _triedAddresses;
    private DestinationState? _heardFor;
    private Upstream _upstream;
    private SessionDeadline? _deadline;
    private SessionEnd _end;
    private ReportedBytes _reported;
    private int _isInConnection;
    private LimitLease? _lease;

    public UdpSession(in FlowOrigin origin, in RouteMatch match, ClientHello? hello, CoarseClock clock)
        : base(origin.Key, match.Route!.UdpTimeouts!.Idle)
    {
        Shard = origin.Shard;
        Endpoint = origin.Endpoint;
        _clock = clock;
        Match = match;
        Hello = hello;
        StartTimestamp = clock.Time.GetTimestamp();
        Responses = Cluster.Config.Udp?.Responses;
        AffinityScope = Cluster.Affinity == L4UdpAffinity.SourceIp ? Cluster.State : null;
        _upstream = new Upstream(DatagramHeader.For(this));
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

    // admit

    /// <summary>What it is counted against; null where there is no limit.</summary>
    public ref LimitLease? Lease => ref _lease;

    // match

    public RouteMatch Match { get; }

    public RouteModel Route => Match.Route!;

    public ClusterModel Cluster => Route.Cluster!;

    /// <summary>What a QUIC client said first, where it was looked at.</summary>
    public ClientHello? Hello { get; }

    public string? ServerName => Hello?.ServerName;

    /// <summary>The QUIC connection that it carries; null for what is not known to be QUIC.</summary>
    public QuicConnection? Connection { get; init; }

    /// <summary>Where it is to go and nowhere else, since its client has been there from another address; null where a destination is picked.</summary>
    public DestinationWay? Way { get; init; }

    public RouteCaptures Captures => Match.GetCaptures(ServerName);

    // pick, connect

    public DestinationModel? Destination { get; private set; }

    /// <summary>The destinations that it was given.</summary>
    public ref TriedDestinations Tried => ref _tried;

    /// <summary>Those of them that come last, for their address did not work; null where there is none.</summary>
    public Queue<DestinationModel>? PassedOver { get; set; }

    /// <summary>How many it was given.</summary>
    public int Attempts { get; set; }

    /// <summary>The way to the destination.</summary>
    public ref Upstream Upstream => ref _upstream;

    public EndPoint? UpstreamEndPoint => _upstream.EndPoint;

    /// <summary>Whether each datagram is a flow of its own, and nothing comes back.</summary>
    public bool IsOneWay => Responses == 0;

    // relay

    /// <summary>Who reads along; null where nobody does.</summary>
    public TapStream? Tap { get; set; }

    public long BytesUp => _upstream.Bytes;

    public (long Up, long Down) Delivered => (BytesUp, BytesDown);

    public ref ReportedBytes Reported => ref _reported;

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

    int ISessionRecord.Tries => Attempts;

    string? ISessionRecord.Protocols => Connection is null ? null : "quic";

    /// <inheritdoc/>
    public SessionTrace? Trace { get; set; }

    RouteModel? ISessionRecord.Route => Route;

    // A flow begins with what its client sends.
    bool ISessionRecord.IsSilent => false;

    /// <summary>From here on <see cref="Connection"/> is carried by it.</summary>
    public void JoinConnection()
    {
        if (Connection is not { } connection)
            return;
        Shard.Listener.Connections.Join(connection);
        Volatile.Write(ref _isInConnection, 1);
    }

    /// <summary>And no longer. Once, whoever asks. From any thread.</summary>
    public void LeaveConnection()
    {
        if (Interlocked.Exchange(ref _isInConnection, 0) == 1)
            Shard.Listener.Connections.Leave(Connection!);
    }

    /// <summary>The server may have said in a datagram what it is to be called. On the socket's own thread.</summary>
    public void LearnConnectionId(ReadOnlySpan<byte> datagram) =>
        Shard.Listener.Connections.Learn(Connection!, datagram, Way ?? Connection!.Way ?? new(Destination!.State, _upstream.EndPoint!, _upstream.Addresses!));

    /// <summary>Says why it ends; the first cause stays.</summary>
    /// <returns>Whether this was the first.</returns>
    public bool TryEnd(L4EndReason reason) => _end.TrySet(reason);

    /// <summary>It goes to this destination now.</summary>
    public void MoveTo(DestinationModel destination)
    {
        Destination?.State.Ended();
        Destination = destination;
        // Of the one it leaves.
        LiftDrain(L4EndReason.DestinationRemoved);
        // Removed meanwhile: a reload changes the destination and then looks for its flows.
        Interlocked.MemoryBarrier();
        if (!destination.State.Enabled)
            DrainDestination();
    }

    /// <summary>Its destination is gone or off: it may go on for the cluster's <c>DrainTimeout</c>.</summary>
    public void DrainDestination() => Deadline.DrainBy(
        _clock.Now + (long)Cluster.State.DrainTimeout.TotalMilliseconds, L4EndReason.DestinationRemoved);

    /// <summary>An address that it cannot use.</summary>
    public void NoteTried(IPEndPoint endPoint) => (_triedAddresses ??= []).Add(endPoint);

    /// <summary>Goes on to another destination.</summary>
    public void ForgetTriedAddresses() => _triedAddresses?.Clear();

    /// <summary>Whether it has found that it cannot use an address.</summary>
    public bool HasTried(IPEndPoint endPoint) => _triedAddresses?.Contains(endPoint) ?? false;

    /// <summary>The destination has sent something. On the socket's own thread.</summary>
    public void NoteHeard()
    {
        if (_upstream.NoteHeard())
            Destination!.Answered(_upstream.EndPoint!, _upstream.ConnectedAt);
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
}
