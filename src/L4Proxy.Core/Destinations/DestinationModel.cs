using System.Net;
using System.Net.Sockets;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Names;

namespace L4Proxy.Destinations;

/// <summary>A destination as one configuration has it.</summary>
internal sealed class DestinationModel
{
    /// <summary>What a weight of 1 is of <see cref="Share"/> once it has its whole weight.</summary>
    private const int WholeShare = 100;

    private readonly AddressResolution? _fixed;
    private int _percent = WholeShare;

    /// <summary>Its id in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>Its place among the cluster's.</summary>
    public required int Index { get; init; }

    /// <summary>Where it is.</summary>
    public required DestinationAddress Address
    {
        get;
        init => (field, _fixed) = (value, ResolveFixed(value));
    }

    /// <summary>Its share among the cluster's destinations; at 0 it is never picked.</summary>
    public required int Weight { get; init; }

    /// <summary>Its weight as policies go by it: a hundred times that, and less while it starts slowly.</summary>
    public int Share => Weight * _percent;

    /// <summary>Its id in a number that is the same in every process.</summary>
    public ulong IdHash => field != 0 ? field : field = StableHash.Of(Id);

    /// <summary>Connections and flows to it at once.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>Whether it is picked only where no other can be.</summary>
    public bool IsBackup { get; init; }

    /// <summary>Whether it is picked.</summary>
    public required bool Enabled { get; init; }

    /// <summary>What outlives a reload.</summary>
    public required DestinationState State { get; init; }

    /// <summary>Whether a destination of the same cluster in another configuration is this one, and so has its state.</summary>
    public bool IsSame(string id, DestinationAddress address) =>
        Id == id && Address.ToString() == address.ToString();

    /// <summary>The same with a part of its weight.</summary>
    /// <param name="percent">1 to 100.</param>
    public DestinationModel AtShare(int percent)
    {
        var copy = (DestinationModel)MemberwiseClone();
        copy._percent = percent;
        return copy;
    }

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
