using System.Net;
using System.Net.Sockets;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Names;

namespace L4Proxy.Destinations;

/// <summary>
/// What is known of one destination while it runs. It outlives a reload that leaves cluster, id and address as they
/// were, so that its connections stay counted; what else a reload may change of it, <see cref="DestinationSettings"/> sets here.
/// </summary>
internal sealed class DestinationState
{
    private readonly AddressResolution? _fixed;
    private int _active;
    private int _isHeard;

    /// <summary>A destination without connections.</summary>
    public DestinationState(string id, DestinationAddress address, int weight = 1)
    {
        Id = id;
        Address = address;
        Weight = weight;
        Enabled = true;
        _fixed = ResolveFixed(address);
    }

    /// <summary>Its id in the cluster.</summary>
    public string Id { get; }

    /// <summary>Where it is.</summary>
    public DestinationAddress Address { get; }

    /// <summary>Its share among the cluster's destinations; at 0 it is never picked.</summary>
    public int Weight
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Whether the configuration in force has it and lets it be picked; its connections drain if not.</summary>
    public bool Enabled
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Connections to it, those being dialled included.</summary>
    public int Active => Volatile.Read(ref _active);

    /// <summary>Whether it refused lately.</summary>
    public Refusals Refusals { get; } = new();

    /// <summary>
    /// How far it lags behind its share of picks, in units of weight. Guarded by <see cref="ClusterState.RoundRobinLock"/>.
    /// </summary>
    internal long RoundRobinCredit { get; set; }

    /// <summary>Counts a connection, from before it is dialled.</summary>
    public void AddConnection() => Interlocked.Increment(ref _active);

    /// <summary>Uncounts a connection, once it has ended or failed to open.</summary>
    public void RemoveConnection() => Interlocked.Decrement(ref _active);

    /// <summary>One-way flows: whether the caller is the one that listens for refusals now, until <see cref="EndHearing"/>.</summary>
    public bool TryBeginHearing() => Interlocked.CompareExchange(ref _isHeard, 1, 0) == 0;

    /// <inheritdoc cref="TryBeginHearing"/>
    public void EndHearing() => Volatile.Write(ref _isHeard, 0);

    /// <summary>Whether a destination of the same cluster in a new configuration is this one, and so keeps this state.</summary>
    public bool IsSame(string id, DestinationAddress address) =>
        Id == id && Address.ToString() == address.ToString();

    /// <summary>
    /// Where to dial for one connection, in the order best tried. Completes at once, without allocating, for an IP
    /// address, a socket's path and a name that the resolver knows. Never throws.
    /// </summary>
    /// <param name="resolver">For host names.</param>
    /// <param name="captures">What the route's pattern captured.</param>
    /// <param name="localPort">The port that the connection came in on.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="AddressResolutionStatus.Canceled"/>.</param>
    public ValueTask<AddressResolution> ResolveAsync(
        AddressResolver resolver, in RouteCaptures captures, int localPort, CancellationToken cancellationToken)
    {
        if (_fixed is { } known)
            return new(known);
        return Address.TryExpand(captures, localPort, out var host, out var port, out var error)
            ? resolver.ResolveAsync(host, port, cancellationToken)
            : new(AddressResolution.Not(AddressResolutionStatus.Refused, error));
    }

    private static AddressResolution? ResolveFixed(DestinationAddress address) => address switch
    {
        { Kind: DestinationAddressKind.Unix } => AddressResolution.Found(new([new UnixDomainSocketEndPoint(address.Host)])),
        { Address: { } ip, FixedPort: { } port } => AddressResolution.Found(new([new IPEndPoint(ip, port)])),
        _ => null,
    };
}
