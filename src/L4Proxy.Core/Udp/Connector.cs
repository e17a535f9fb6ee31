using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>
/// Stations pick and connect: gives the flow a socket of its own to a destination of the route's cluster. That a
/// destination is not there shows only when a datagram comes back unreachable.
/// </summary>
internal sealed class Connector(TransportChoice transport, PerSecondLimit warnings, ILogger<Connector> log)
{
    /// <summary>Connects <see cref="UdpSession.Upstream"/> and sends what waited.</summary>
    /// <returns>None, or why there is no upstream.</returns>
    public async ValueTask<L4EndReason> ConnectAsync(UdpSession session)
    {
        var cluster = session.Cluster;
        var tried = new TriedDestinations();
        var failure = L4EndReason.NoDestination;
        for (var attempt = 0; attempt < cluster.MaxAttempts && session.EndReason == L4EndReason.None; attempt++)
        {
            if (await PickAsync(session, tried) is not { } destination)
                break;
            cluster.Picker.Note(ref tried, destination);
            destination.AddConnection();
            failure = await ConnectAsync(session, destination);
            if (failure == L4EndReason.None)
            {
                session.Destination = destination;
                return L4EndReason.None;
            }
            destination.RemoveConnection();
            if (warnings.TryTake())
                log.ConnectFailed(session.Id, destination.Id, cluster.Id, destination.Address.ToString(), failure);
        }
        return failure;
    }

    /// <summary>The destination that the client's other flows go to, if they share one, else the policy's choice.</summary>
    private static ValueTask<DestinationState?> PickAsync(UdpSession session, TriedDestinations tried) =>
        session.Affinity is { } affinity ? PickAsync(session, affinity, tried) : session.Cluster.Picker.NextAsync(tried, session);

    private static async ValueTask<DestinationState?> PickAsync(UdpSession session, SessionAffinity affinity, TriedDestinations tried)
    {
        var shared = affinity.Target as DestinationState;
        if (tried.IsEmpty && shared is { Enabled: true } && session.Cluster.Destinations.Contains(shared))
            return shared;
        if (await session.Cluster.Picker.NextAsync(tried, session) is not { } picked)
            return null;
        return shared is null ? affinity.Claim(picked) : affinity.Replace(shared, picked);
    }

    private async ValueTask<L4EndReason> ConnectAsync(UdpSession session, DestinationState destination)
    {
        var resolution = await destination.ResolveAsync(
            session.Cluster.Resolver, session.Match.GetCaptures(session.ServerName), session.Key.Local.Port, CancellationToken.None);
        if (resolution.Status != AddressResolutionStatus.Found)
            return resolution.Status == AddressResolutionStatus.Refused ? L4EndReason.DestinationNameRefused : L4EndReason.ResolveFailed;
        var failure = L4EndReason.ConnectFailed;
        foreach (var item in resolution.EndPoints)
        {
            if (item is not IPEndPoint endPoint)
                continue;
            var status = transport.Datagrams.TryConnect(endPoint, out var socket);
            if (status == DatagramStatus.Ok)
            {
                session.Attach(socket!);
                return L4EndReason.None;
            }
            failure = status == DatagramStatus.Unreachable ? L4EndReason.ConnectUnreachable : L4EndReason.ConnectFailed;
        }
        return failure;
    }
}
