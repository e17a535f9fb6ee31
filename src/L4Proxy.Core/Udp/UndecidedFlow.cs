using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Snapshot;

namespace L4Proxy.Udp;

/// <summary>
/// A flow before it has a route: the datagrams that do not show it yet, as those of a QUIC hello that is longer than one of them. Bounded by the endpoint's
/// <c>MaxPrefaceBytes</c>, the number of <see cref="PendingDatagrams"/>, and <see cref="Due"/>. Whoever receives and the clock are two threads.
/// </summary>
internal sealed class UndecidedFlow(in FlowOrigin origin, in PrefaceInfo info, long now)
{
    private bool _isDecided;

    /// <summary>As it was when the first datagram came.</summary>
    public FlowOrigin Origin { get; } = origin;

    public SessionKey Key => Origin.Key;

    public UdpShard Shard => Origin.Shard;

    public EndpointModel Endpoint => Origin.Endpoint;

    /// <summary>What the datagrams say.</summary>
    public PrefaceInfo Info { get; private set; } = info;

    /// <summary>What came. Once the flow is decided, of the one who did.</summary>
    public PendingDatagrams Datagrams { get; } = new();

    /// <summary>Until when it waits.</summary>
    public long Due { get; } = now + origin.Endpoint.PrefaceTimeout;

    /// <summary>Its place in <see cref="UndecidedFlows"/>.</summary>
    public LinkedListNode<UndecidedFlow>? Node { get; set; }

    /// <summary>Keeps a datagram: the first, while nobody else has the flow.</summary>
    /// <returns>False where it is more than there may be.</returns>
    public bool TryKeep(ReadOnlySpan<byte> datagram) => Datagrams.Length + datagram.Length <= Endpoint.MaxPrefaceBytes && Datagrams.TryAdd(datagram);

    /// <summary>Keeps the next datagram and looks at all of them.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <param name="match">What is to become of the flow, where it is over with waiting.</param>
    /// <param name="isKept">Whether there was room.</param>
    /// <returns>Whether this has decided it: NeedMore in <paramref name="match"/> is to wait on, any other without it that another has.</returns>
    public bool TryGoOn(ReadOnlySpan<byte> datagram, out RouteMatch match, out bool isKept)
    {
        (match, isKept) = (default, false);
        lock (Datagrams.Gate)
        {
            if (_isDecided)
                return false;
            isKept = TryKeep(datagram);
            if (isKept)
                Info = PrefaceInspector.InspectMore(Info, Datagrams.All);
            match = Match(noMoreBytes: !isKept);
            _isDecided = match.Status != RouteMatchStatus.NeedMore;
            return _isDecided;
        }
    }

    /// <summary>Waits no longer.</summary>
    /// <returns>False where another has decided it.</returns>
    public bool TryGiveUp(out RouteMatch match)
    {
        match = default;
        lock (Datagrams.Gate)
        {
            if (_isDecided)
                return false;
            match = Match(noMoreBytes: true);
            return _isDecided = true;
        }
    }

    private RouteMatch Match(bool noMoreBytes)
    {
        var position = 0;
        Datagrams.TryRead(ref position, out var first);
        return PrefaceReader.Match(Origin, Info, first, noMoreBytes);
    }
}
