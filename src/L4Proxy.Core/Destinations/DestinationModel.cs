using System.Net;
using System.Net.Sockets;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Destinations.Services;
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

    /// <summary>Its hosts, where it is a service; else null.</summary>
    public ServiceAddress? Service { get; init; }

    /// <summary>Its share among the cluster's destinations; at 0 it is never picked.</summary>
    public required int Weight { get; init; }

    /// <summary>Its weight as policies go by it: a hundred times that, less while it starts slowly, and what its agent makes of it.</summary>
    public int Share => Weight * _percent;

    /// <summary>Its id in a number that is the same in every process.</summary>
    public ulong IdHash => field != 0 ? field : field = StableHash.Of(Id);

    /// <summary>Connections and flows to it at once.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary>Whether it is picked only where no other can be.</summary>
    public bool IsBackup { get; init; }

    /// <summary>Whether it is picked.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Where it is probed, where that is elsewhere.</summary>
    public DestinationAddress? HealthAddress { get; init; }

    /// <summary>What outlives a reload.</summary>
    public required DestinationState State { get; init; }

    /// <summary>Whether a destination of the same cluster in another configuration is this one, and so has its state.</summary>
    public bool IsSame(string id, DestinationAddress address) =>
        Id == id && Address.ToString() == address.ToString();

    /// <summary>The same with a part of its weight.</summary>
    /// <param name="percent">1 to 256.</param>
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
        if (Service is not null)
            return Service.DrawAsync(cancellationToken);
        return Address.TryExpand(captures, localPort, out var host, out var port, out var error)
            ? resolver.ResolveAsync(host, port, cancellationToken)
            : new(AddressResolution.Not(AddressResolutionStatus.Refused, error));
    }

    /// <summary>Where to probe it. Never throws.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public ValueTask<AddressResolution> ResolveHealthAsync(AddressResolver resolver, CancellationToken cancellationToken)
    {
        if (HealthAddress is not { } address)
            return ResolveAsync(resolver, captures: default, localPort: 0, cancellationToken);
        return ResolveFixed(address) is { } known ? new(known) : resolver.ResolveAsync(address.Host, address.FixedPort!.Value, cancellationToken);
    }

    /// <summary>
    /// Whether a connection that comes now may be led to an end point that one before it was led to, as far as is known: what must be asked for first
    /// is known the next time.
    /// </summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public bool MayLeadTo(EndPoint endPoint, AddressResolver resolver, in RouteCaptures captures, int localPort)
    {
        if (Service is not null)
            return Service.MayLeadTo(endPoint);
        if (Address.Kind != DestinationAddressKind.Host)
            return true;
        return KnownNow(resolver, captures, localPort) is not { Status: AddressResolutionStatus.Found } known || known.EndPoints.Contains(endPoint);
    }

    /// <summary>
    /// Whether others come first for a connection whose own words make this one's address, for none of the addresses that they lead to works, as far as is
    /// known: what must be asked for first is known the next time.
    /// </summary>
    /// <param name="resolver">For host names.</param>
    /// <param name="captures">What the route's pattern captured.</param>
    /// <param name="localPort">The port that the connection came in on.</param>
    /// <param name="now">The coarse clock's.</param>
    public bool IsAvoided(AddressResolver resolver, in RouteCaptures captures, int localPort, long now)
    {
        var addresses = State.Cluster.Health.Addresses;
        return Address.IsTemplate && !addresses.IsEmpty && KnownNow(resolver, captures, localPort)?.Order is { } order && addresses.AreAvoided(order.EndPoints, now);
    }

    /// <summary>
    /// It is there: one of its addresses answered what began at a time. Where its address is the client's word, that says something of this address alone, and so does
    /// what fails.
    /// </summary>
    public void Answered(EndPoint endPoint, long begunAt)
    {
        if (Address.IsTemplate)
            State.Cluster.Health.Addresses.NoteAnswered(endPoint, begunAt);
        else
            State.Answered(begunAt);
    }

    /// <summary>The dial failed, which <see cref="DestinationState.TryBegin"/> began.</summary>
    /// <param name="failure">Why; None where it is not to blame.</param>
    /// <param name="order">The addresses that it is about, where they were known.</param>
    /// <param name="now">The coarse clock's.</param>
    public void Failed(L4EndReason failure, EndPointOrder? order, long now)
    {
        State.Ended();
        Blame(failure, order, now);
    }

    /// <summary>A dial failed that is counted by nobody.</summary>
    /// <inheritdoc cref="Failed"/>
    public void Blame(L4EndReason failure, EndPointOrder? order, long now)
    {
        if (!Address.IsTemplate)
            State.Blame(failure, now);
        else if (DestinationState.IsFault(failure))
            NoteFailed(order, now);
    }

    /// <summary>None of its addresses is there, as shows after a flow was connected.</summary>
    public void Refused(EndPointOrder? order, long now)
    {
        if (Address.IsTemplate)
            NoteFailed(order, now);
        else
            State.Refused(now);
    }

    private void NoteFailed(EndPointOrder? order, long now)
    {
        if (order is not null)
            State.Cluster.Health.Addresses.NoteFailed(order.EndPoints, State.Cluster.Health.Policy, now);
    }

    /// <summary>Where it is, if that is known; else it is asked for.</summary>
    /// <inheritdoc cref="ResolveAsync"/>
    public AddressResolution? KnownNow(AddressResolver resolver, in RouteCaptures captures, int localPort)
    {
        var resolving = ResolveAsync(resolver, captures, localPort, CancellationToken.None);
        if (resolving.IsCompletedSuccessfully)
            return resolving.Result;
        _ = resolving.AsTask();
        return null;
    }

    private static AddressResolution? ResolveFixed(DestinationAddress address) => address switch
    {
        { Kind: DestinationAddressKind.Unix } => AddressResolution.Found(new([new UnixDomainSocketEndPoint(address.Host)])),
        { Address: { } ip, FixedPort: { } port } => AddressResolution.Found(new([new IPEndPoint(ip, port)])),
        _ => null,
    };
}
