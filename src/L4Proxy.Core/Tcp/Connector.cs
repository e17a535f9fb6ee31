using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.ProxyProtocol;
using L4Proxy.Snapshot;
using L4Proxy.Tls;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>Stations pick and connect: dials destinations of the route's cluster until one answers or the attempts are used up.</summary>
internal sealed class Connector(TransportChoice transport, ProxyMetrics metrics, PerSecondLimit warnings, ILogger<Connector> log)
{
    /// <summary>Connects <see cref="TcpSession.Upstream"/>.</summary>
    /// <returns>None, or why there is no upstream.</returns>
    public async ValueTask<L4EndReason> ConnectAsync(TcpSession session)
    {
        var cluster = session.Route!.Cluster!;
        var tried = new TriedDestinations();
        var failure = L4EndReason.NoDestination;
        for (var attempt = 0; attempt < cluster.MaxAttempts; attempt++)
        {
            if (await cluster.Picker.NextAsync(tried, session, session.Clock.Now) is not { } destination)
                break;
            cluster.Picker.Note(ref tried, destination);
            destination.AddConnection();
            var started = session.Clock.Time.GetTimestamp();
            failure = await DialAsync(session, cluster, destination);
            var detail = "";
            if (failure == L4EndReason.None && cluster.Tls is { } tls)
                (failure, detail) = await SecureAsync(session, tls, destination);
            if (failure == L4EndReason.None)
            {
                session.Destination = destination;
                destination.Refusals.Forget();
                metrics.Connected(session, destination, session.Clock.Time.GetElapsedTime(started));
                return L4EndReason.None;
            }
            destination.RemoveConnection();
            if (failure is L4EndReason.ConnectRefused or L4EndReason.ConnectUnreachable or L4EndReason.ConnectTimeout)
                destination.Refusals.Note(session.Clock.Now);
            if (warnings.TryTake())
                log.ConnectFailed(session.Id, destination.Id, cluster.Id, destination.Address.ToString(), failure, detail);
            // A name that this client may not ask for is refused everywhere; and a shutdown may have ended it.
            if (failure == L4EndReason.DestinationNameRefused || session.EndReason != L4EndReason.None)
                break;
        }
        return failure;
    }

    private async ValueTask<L4EndReason> DialAsync(TcpSession session, ClusterModel cluster, DestinationState destination)
    {
        var resolution = await destination.ResolveAsync(
            cluster.Resolver, session.Match.GetCaptures(session.ServerName), LocalPortOf(session), CancellationToken.None);
        return resolution.Status switch
        {
            AddressResolutionStatus.Found => await DialAsync(session, cluster, resolution.EndPoints),
            AddressResolutionStatus.Refused => L4EndReason.DestinationNameRefused,
            _ => L4EndReason.ResolveFailed,
        };
    }

    /// <summary>Tries the addresses of one destination in turn, within one connect timeout.</summary>
    private async ValueTask<L4EndReason> DialAsync(TcpSession session, ClusterModel cluster, ImmutableArray<EndPoint> endPoints)
    {
        var failure = L4EndReason.ConnectFailed;
        session.Deadline.StartConnect(session.Timeouts.Connect);
        foreach (var endPoint in endPoints)
        {
            var status = await DialAsync(session, cluster, endPoint);
            if (status == TransportStatus.Ok && session.Deadline.Stop())
                return L4EndReason.None;
            failure = FailureOf(status);
            if (session.Upstream is { } failed)
                await failed.DisposeAsync();
            if (failure == L4EndReason.ConnectTimeout)
                return failure;
        }
        session.Deadline.Stop();
        return failure;
    }

    private async ValueTask<TransportStatus> DialAsync(TcpSession session, ClusterModel cluster, EndPoint endPoint)
    {
        try
        {
            var socket = transport.Chosen.CreateSocket(endPoint, cluster.DialOptions);
            session.TrySetUpstream(socket);
            var status = await socket.ConnectAsync(endPoint);
            return status == TransportStatus.Ok && cluster.ProxyProtocol is { } header
                ? await SendHeaderAsync(session, socket, header)
                : status;
        }
        catch (SocketException)
        {
            return TransportStatus.Failed; // No descriptor left.
        }
    }

    /// <summary>
    /// Sends the PROXY header, before TLS and before the client's bytes. It does not wait for those to go in one segment with
    /// them: a server that speaks first waits for the header.
    /// </summary>
    private static async ValueTask<TransportStatus> SendHeaderAsync(TcpSession session, TransportSocket socket, L4ProxyProtocolOut config)
    {
        var header = new ProxyHeader
        {
            Version = config.Version == L4ProxyProtocolVersion.V1 ? 1 : 2,
            Source = session.ClientEndPoint,
            Destination = session.ProxyHeader?.Destination ?? session.Client.LocalEndPoint,
            Tlvs = ClientTlvs.For(config.Tlvs, session.Id, session.ProxyHeader, session.PrefaceInfo.ClientHello, session.ClientTls),
        };
        var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
        var length = ProxyHeaderWriter.Write(header, isDatagram: false, buffer);
        return await socket.SendAsync(buffer.AsMemory(0, length));
    }

    /// <summary>TLS to the destination, which has been dialled.</summary>
    private static async ValueTask<(L4EndReason Failure, string Detail)> SecureAsync(
        TcpSession session, UpstreamTls tls, DestinationState destination)
    {
        if (!tls.TryGetServerName(session.Match.GetCaptures(session.ServerName), destination.Address, out var name))
            return (L4EndReason.DestinationNameRefused, "");
        var connection = new TlsConnection(session.Upstream!);
        session.TrySetUpstream(connection);
        session.Deadline.StartUpstreamTls(session.Timeouts.TlsHandshake);
        var failure = await connection.AuthenticateAsClientAsync(tls.OptionsFor(name));
        if (session.Deadline.Stop() && failure is null)
            return (L4EndReason.None, "");
        await connection.DisposeAsync();
        return failure is { Status: not TransportStatus.Aborted } known
            ? (L4EndReason.UpstreamTlsFailed, known.Reason)
            : (L4EndReason.UpstreamTlsTimeout, "");
    }

    private static int LocalPortOf(TcpSession session) => (session.Client.LocalEndPoint as IPEndPoint)?.Port ?? 0;

    private static L4EndReason FailureOf(TransportStatus status) => status switch
    {
        TransportStatus.Reset => L4EndReason.ConnectRefused,
        TransportStatus.Unreachable => L4EndReason.ConnectUnreachable,
        // Ok: connected in the moment that its time was over. Aborted: its time was over.
        TransportStatus.Ok or TransportStatus.Aborted => L4EndReason.ConnectTimeout,
        _ => L4EndReason.ConnectFailed,
    };
}
