using System.Net;
using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Limits;
using L4Proxy.ProxyProtocol;
using L4Proxy.Timing;
using L4Proxy.Tls;
using L4Proxy.Transport;

namespace L4Proxy.Destinations.Dialling;

/// <summary>One attempt at one destination: its name, its addresses, the PROXY header, its TLS.</summary>
internal sealed class Dialler(TransportChoice transport, DescriptorBudget budget, CoarseClock clock)
{
    /// <summary>What is said where it is this side that has no address or port.</summary>
    public const string NoLocalAddress = "EADDRNOTAVAIL: the local address is not of this machine, or has no port left for the destination.";

    /// <summary>Connects <see cref="IDialRequest.Upstream"/>, or leaves nothing open.</summary>
    /// <param name="request">What it is for.</param>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="destination">Where to.</param>
    /// <param name="attempt">The first attempt is 1.</param>
    /// <param name="order">Its addresses, where others than those that its name has now are meant.</param>
    public async ValueTask<DialOutcome> DialAsync(
        IDialRequest request, ClusterModel cluster, DestinationModel destination, int attempt, EndPointOrder? order = null)
    {
        if (order is null)
        {
            var resolution = await destination.ResolveAsync(cluster.Resolver, request.Captures, request.LocalPort, CancellationToken.None);
            order = resolution.Order;
            if (order is null)
            {
                var failure = resolution.Status == AddressResolutionStatus.Refused ? L4EndReason.DestinationNameRefused : L4EndReason.ResolveFailed;
                return new(failure, Detail: resolution.Describe(request.ServerName));
            }
        }
        request.StartConnect();
        var (dialled, endPoint, hasUntried) = ((TransportStatus?)null, order.EndPoints[0], false);
        // One address, the usual case, is awaited right here: a method of its own would cost some 300 bytes a connection.
        if (order.EndPoints.Length > 1)
            (dialled, endPoint, hasUntried) = await RaceAsync(request, cluster, order);
        else
            dialled = NoteOnly(request, order, TryOpen(request, cluster, endPoint, out var failure) is { } socket ? await socket.ConnectAsync(endPoint) : failure);
        if (dialled is not { } status)
        {
            request.StopTimer();
            return new(L4EndReason.ConnectFailed, DialAgain.Unasked, DescriptorLimit.Exhausted);
        }
        var isConnected = status == TransportStatus.Ok;
        if (isConnected && cluster.ProxyProtocol is { } header)
            status = await SendHeaderAsync(request, header);
        var outcome = new DialOutcome(
            FailureOf(status), status != TransportStatus.Aborted ? DialAgain.Later : hasUntried ? DialAgain.AtOnce : DialAgain.Never,
            status == TransportStatus.NoLocalAddress ? NoLocalAddress : "");
        if (request.StopTimer() && status == TransportStatus.Ok)
            outcome = request.TlsOf(cluster) is not null || request.StartTls is not null ? await SecureAsync(request, request.TlsOf(cluster), destination) : default;
        if (outcome.Failure == L4EndReason.None)
            return outcome;
        if (request.Upstream is { } failed)
            await failed.DisposeAsync();
        return isConnected ? AfterConnect(request, outcome, order, endPoint, attempt) : outcome;
    }

    /// <summary>There was somebody, but not who was wanted. That is the failure of one address, and others come before it from now on.</summary>
    private static DialOutcome AfterConnect(IDialRequest request, DialOutcome outcome, EndPointOrder order, EndPoint endPoint, int attempt)
    {
        if (request.EndReason != L4EndReason.None)
            return outcome;
        order.NoteFailed(endPoint);
        return attempt < order.EndPoints.Length ? outcome with { Again = DialAgain.AtOnce } : outcome;
    }

    /// <summary>A socket to dial one address with.</summary>
    /// <param name="request">What it is for.</param>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="endPoint">The address.</param>
    /// <param name="failure">Why there is none; null where there is no descriptor left.</param>
    private TransportSocket? TryOpen(IDialRequest request, ClusterModel cluster, EndPoint endPoint, out TransportStatus? failure)
    {
        failure = null;
        try
        {
            var socket = transport.Streams.CreateSocket(endPoint, cluster.DialOptions);
            request.SetDialled(socket);
            return socket;
        }
        catch (SocketException e)
        {
            failure = DescriptorLimit.IsExhausted(e) ? null : StatusOf(e);
            return null;
        }
    }

    /// <summary>Dials several addresses.</summary>
    /// <returns>Null where there is no descriptor left, and the address that it is about.</returns>
    private async ValueTask<(TransportStatus? Status, EndPoint EndPoint, bool HasUntried)> RaceAsync(IDialRequest request, ClusterModel cluster, EndPointOrder order)
    {
        var race = new DialRace(request, transport.Streams, cluster.DialOptions, budget, clock);
        request.SetDialled(race);
        if (await race.RunAsync(order) is not { } won)
            return (race.Failure, order.EndPoints[0], race.HasUntried);
        request.SetDialled(won.Socket);
        return (TransportStatus.Ok, won.EndPoint, false);
    }

    /// <summary>What a race of one has shown: nothing that its order could learn of, but another may share the end point.</summary>
    private static TransportStatus? NoteOnly(IDialRequest request, EndPointOrder order, TransportStatus? status)
    {
        if (status == TransportStatus.Ok)
            order.NoteAnswered(order.EndPoints[0]);
        else if (status is not null && request.EndReason == L4EndReason.None)
            order.NoteFailed(order.EndPoints[0]);
        return status;
    }

    /// <summary>
    /// Sends the PROXY header, before TLS and before the client's bytes. It does not wait for those to go in one segment with
    /// them: a server that speaks first waits for the header.
    /// </summary>
    private static async ValueTask<TransportStatus> SendHeaderAsync(IDialRequest request, L4ProxyProtocolOut config)
    {
        var header = request.HeaderFor(config);
        var buffer = new byte[ProxyHeaderWriter.MaxLength(header)];
        var length = ProxyHeaderWriter.Write(header, isDatagram: false, buffer);
        return await request.Upstream!.SendAsync(buffer.AsMemory(0, length));
    }

    /// <summary>
    /// What comes before the client's bytes: TLS of the cluster's, asked for first where its protocol wants that; and the asking for TLS of the
    /// client's own, inside of that. A client that was greeted here is not to be greeted again.
    /// </summary>
    private static async ValueTask<DialOutcome> SecureAsync(IDialRequest request, UpstreamTls? tls, DestinationModel destination)
    {
        var outcome = default(DialOutcome);
        var asked = request.StartTls;
        if (tls is not null && asked is not null && !request.PassesTlsThrough && !(asked.DirectAlpn is { } direct && tls.Offers(direct)))
            outcome = await StartTlsRequest.AskAsync(request, asked);
        if (tls is not null && outcome.Failure == L4EndReason.None)
            outcome = await HandshakeAsync(request, tls, destination);
        if (request.PassesTlsThrough && outcome.Failure == L4EndReason.None)
            outcome = await StartTlsRequest.AskAsync(request, asked!);
        else if (tls is null && asked is { Greets: true })
            outcome = await StartTlsRequest.HearGreetingAsync(request, asked);
        return outcome;
    }

    /// <summary>TLS to the destination, which has been dialled.</summary>
    private static async ValueTask<DialOutcome> HandshakeAsync(IDialRequest request, UpstreamTls tls, DestinationModel destination)
    {
        if (!tls.TryGetServerName(request.Captures, destination.Address, out var name))
            return new(L4EndReason.DestinationNameRefused, Detail: AddressResolution.NoServerName.Describe(request.ServerName));
        var connection = new TlsConnection(request.Upstream!);
        request.SetDialled(connection);
        request.StartHandshake();
        var failure = await connection.AuthenticateAsClientAsync(tls.OptionsFor(name));
        if (request.StopTimer() && failure is null)
            return default;
        return failure is { Status: not TransportStatus.Aborted } known
            // Whoever answers is not restarting, and a certificate that is not accepted will not be accepted in a second.
            ? new(L4EndReason.UpstreamTlsFailed, Detail: known.Reason)
            : new(L4EndReason.UpstreamTlsTimeout);
    }

    /// <summary>Why there is no socket to dial with, where that is not for want of descriptors.</summary>
    public static TransportStatus StatusOf(SocketException exception) =>
        exception.SocketErrorCode == SocketError.AddressNotAvailable ? TransportStatus.NoLocalAddress : TransportStatus.Failed;

    private static L4EndReason FailureOf(TransportStatus status) => status switch
    {
        TransportStatus.Reset => L4EndReason.ConnectRefused,
        TransportStatus.Unreachable => L4EndReason.ConnectUnreachable,
        // Ok: connected in the moment that its time was over. Aborted: its time was over.
        TransportStatus.Ok or TransportStatus.Aborted => L4EndReason.ConnectTimeout,
        _ => L4EndReason.ConnectFailed,
    };
}
