using System.Collections.Immutable;
using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>
/// Stations pick and connect: gives the flow a socket of its own to a destination of the route's cluster. That a
/// destination is not there shows only when a datagram comes back unreachable: then the flow comes here again.
/// </summary>
internal sealed class Connector(TransportChoice transport, CoarseClock clock, PerSecondLimit warnings, ILogger<Connector> log)
{
    /// <summary>Connects <see cref="UdpSession.Upstream"/> to what the flow has not tried yet, and sends what waited.</summary>
    /// <returns>None, or why there is no upstream.</returns>
    public async ValueTask<L4EndReason> ConnectAsync(UdpSession session)
    {
        var cluster = session.Cluster;
        var refusal = session.Upstream.Refusal;
        var failure = refusal == DatagramStatus.Ok ? L4EndReason.NoDestination : Relay.ReasonOf(refusal);
        // The same destination may be at another address.
        if (session.Destination is { } current && session.Upstream.Addresses is { } addresses && HasOther(session, addresses))
        {
            if (Connect(session, addresses) == DatagramStatus.Ok)
                return L4EndReason.None;
            NoteRefusal(session, current);
        }
        // Where the address is the client's word, whether it works is known only now: those that do not come last.
        while (session.Attempts < cluster.MaxAttempts && session.EndReason == L4EndReason.None)
        {
            var destination = await PickAsync(session);
            if (destination is null && session.PassedOver?.TryDequeue(out destination) != true)
                break;
            if (!session.Tried.Contains(destination!.Index) && IsAvoided(session, destination))
            {
                session.Tried.Add(destination.Index);
                (session.PassedOver ??= new()).Enqueue(destination);
                continue;
            }
            session.Tried.Add(destination.Index);
            if (!destination.State.TryBegin())
                continue;
            session.Attempts++;
            session.ForgetTriedAddresses();
            string detail;
            EndPointOrder? order;
            try
            {
                (failure, detail, order) = await ConnectAsync(session, destination);
            }
            catch
            {
                destination.State.Ended();
                throw;
            }
            if (failure == L4EndReason.None)
            {
                session.MoveTo(destination);
                return L4EndReason.None;
            }
            destination.Failed(failure, order, clock.Now);
            if (failure is L4EndReason.UpstreamRefused or L4EndReason.ConnectUnreachable)
                SayRefused(session, destination);
            else if (warnings.TryTake())
                log.ConnectFailed(session.Id, destination.Id, cluster.Id, destination.Address.Describe(session.Captures, session.Key.Local.Port), failure, detail);
        }
        return failure == L4EndReason.NoDestination && cluster.Picker.HasFull ? L4EndReason.DestinationsFull : failure;
    }

    /// <summary>The relay is over: learns from it where the destination is not there.</summary>
    /// <returns>None where the flow is to be connected anew: the destination refuses, and what it was sent can be sent to another. Else why it ends.</returns>
    public L4EndReason EndOf(UdpSession session, DatagramStatus status)
    {
        ref var upstream = ref session.Upstream;
        if (upstream.Refusal != DatagramStatus.Ok)
            status = upstream.Refusal;
        var end = Relay.ReasonOf(status);
        if (status is not (DatagramStatus.Refused or DatagramStatus.Unreachable))
            return end;
        upstream.Refusal = status;
        session.NoteTried(upstream.EndPoint!);
        upstream.Addresses!.NoteFailed(upstream.EndPoint!);
        if (!HasOther(session, upstream.Addresses))
            NoteRefusal(session, session.Destination!);
        return session.EndReason == L4EndReason.None && upstream.TryTakeBack(clock.Now) ? L4EndReason.None : end;
    }

    /// <summary>Whether the name of the flow's destination leads elsewhere by now.</summary>
    public static bool HasMoved(UdpSession session) => session is { UpstreamEndPoint: { } endPoint, Destination: { } destination, Upstream.Socket: not null }
        && !destination.MayLeadTo(endPoint, session.Cluster.Resolver, session.Captures, session.Key.Local.Port);

    /// <summary>Whether others come first, if there are some that it may be given.</summary>
    private bool IsAvoided(UdpSession session, DestinationModel destination) => session.Way is null && session.Cluster.Picker.Count > 1
        && destination.IsAvoided(session.Cluster.Resolver, session.Captures, session.Key.Local.Port, clock.Now);

    private static ValueTask<AddressResolution> ResolveAsync(UdpSession session, DestinationModel destination) => destination.ResolveAsync(
        session.Cluster.Resolver, session.Captures, session.Key.Local.Port, CancellationToken.None);

    private static bool HasOther(UdpSession session, EndPointOrder order)
    {
        foreach (var item in EndPointsOf(session, order))
        {
            if (item is IPEndPoint endPoint && !session.HasTried(endPoint))
                return true;
        }
        return false;
    }

    /// <summary>Of a client that has moved only the address that knows its connection.</summary>
    private static ImmutableArray<EndPoint> EndPointsOf(UdpSession session, EndPointOrder order) => session.Way is { } way ? [way.EndPoint] : order.EndPoints;

    /// <summary>The destination that knows the client's connection or that its other flows go to, if they share one, else the policy's choice.</summary>
    private ValueTask<DestinationModel?> PickAsync(UdpSession session) => session.Way is { } way
        ? new(session.Tried.IsEmpty ? session.Cluster.Find(way.Destination) : null)
        : session.Affinity is { } affinity ? PickAsync(session, affinity)
        : session.Cluster.Picker.NextAsync(session.Tried, session, clock.Now);

    private async ValueTask<DestinationModel?> PickAsync(UdpSession session, SessionAffinity affinity)
    {
        var (cluster, shared) = (session.Cluster, affinity.Target as DestinationState);
        if (shared is { Enabled: true, Probed.TakesNew: true } && cluster.Find(shared) is { } known && !session.Tried.Contains(known.Index))
            return known;
        if (await cluster.Picker.NextAsync(session.Tried, session, clock.Now) is not { } picked)
            return null;
        return cluster.Find(shared is null ? affinity.Claim(picked.State) : affinity.Replace(shared, picked.State)) ?? picked;
    }

    private async ValueTask<(L4EndReason Failure, string Detail, EndPointOrder? Order)> ConnectAsync(UdpSession session, DestinationModel destination)
    {
        if (session.Way is { } way)
            return OutcomeOf(Connect(session, way.Addresses), way.Addresses);
        var resolution = await ResolveAsync(session, destination);
        if (resolution.Order is { } order)
            return OutcomeOf(Connect(session, order), order);
        var failure = resolution.Status == AddressResolutionStatus.Refused ? L4EndReason.DestinationNameRefused : L4EndReason.ResolveFailed;
        return (failure, resolution.Describe(session.ServerName), null);
    }

    private DatagramStatus Connect(UdpSession session, EndPointOrder order)
    {
        var cluster = session.Cluster;
        var failure = DatagramStatus.Failed;
        var endPoints = EndPointsOf(session, order);
        var keep = session.Way is null && (endPoints.Length > 1 || (cluster.Picker.Count > 1 && session.Attempts < cluster.MaxAttempts));
        foreach (var item in endPoints)
        {
            if (item is not IPEndPoint endPoint || session.HasTried(endPoint))
                continue;
            var status = transport.Datagrams.TryConnect(endPoint, cluster.DialOptions, out var socket);
            if (status == DatagramStatus.Ok && (status = session.Upstream.Attach(socket!, endPoint, order, keep, clock.Now)) == DatagramStatus.Ok)
                return DatagramStatus.Ok;
            socket?.Dispose();
            session.NoteTried(endPoint);
            if (status is DatagramStatus.Refused or DatagramStatus.Unreachable)
                order.NoteFailed(endPoint);
            failure = status;
        }
        return failure;
    }

    private static (L4EndReason Failure, string Detail, EndPointOrder Order) OutcomeOf(DatagramStatus status, EndPointOrder order) => status switch
    {
        DatagramStatus.Ok => (L4EndReason.None, "", order),
        DatagramStatus.Refused => (L4EndReason.UpstreamRefused, "", order),
        DatagramStatus.Unreachable => (L4EndReason.ConnectUnreachable, "", order),
        DatagramStatus.NoLocalAddress => (L4EndReason.ConnectFailed, "EADDRNOTAVAIL: the local address is not of this machine.", order),
        _ => (L4EndReason.ConnectFailed, "", order),
    };

    /// <summary>None of its addresses is there.</summary>
    private void NoteRefusal(UdpSession session, DestinationModel destination)
    {
        destination.Refused(session.Upstream.Addresses, clock.Now);
        SayRefused(session, destination);
    }

    private void SayRefused(UdpSession session, DestinationModel destination)
    {
        if (destination.State.Refusals.TryTakeWarning(clock.Now, out var count))
            log.FlowsRefused(destination.Id, session.Cluster.Id, destination.Address.ToString(), count);
    }
}
