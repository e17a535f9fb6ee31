using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.Dialling;
using L4Proxy.Destinations.Resolution;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Timing;
using L4Proxy.Tls;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Http;

/// <summary>
/// Connects to the destination of a request as a connection's is connected to: its addresses, the PROXY header and TLS. Its sockets are .NET's own whatever the
/// transport is, for what uses them must not run on a reactor.
/// </summary>
internal sealed class HttpDialler
{
    private static readonly SslApplicationProtocol[] s_http1 = [SslApplicationProtocol.Http11];
    private static readonly SslApplicationProtocol[] s_http2 = [SslApplicationProtocol.Http2];

    private readonly FailedDials _failed = new();
    private readonly Dialler _dialler;
    private readonly CoarseClock _clock;
    private readonly PerSecondLimit _warnings;
    private readonly ILogger<HttpDialler> _log;

    public HttpDialler(DescriptorBudget budget, CoarseClock clock, PerSecondLimit warnings, ILogger<HttpDialler> log, ILogger<TransportChoice> transportLog)
    {
        (_clock, _warnings, _log) = (clock, warnings, log);
        var sockets = new TransportChoice(budget, transportLog);
        sockets.Choose(new L4Config { Transport = L4TransportKind.Managed });
        _dialler = new Dialler(sockets, budget, clock);
    }

    /// <summary>How often connecting has failed so far.</summary>
    public long Failures => _failed.Count;

    /// <summary>Connects, for the request that wants the connection first.</summary>
    /// <exception cref="HttpDialException">It failed, and is counted against the destination.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        if (!context.InitialRequestMessage.Options.TryGetValue(HttpCall.Key, out var call))
            throw new InvalidOperationException("The request has no destination.");
        var (destination, cluster) = (call.Destination!, call.Cluster);
        if (cluster.Http.Protocol != L4HttpProtocol.Http1)
            _failed.ThrowIfSince(call.FailuresBefore, destination.State);
        call.HasDialled = true;
        var begunAt = _clock.Now;
        var dial = new HttpDial(call, _clock);
        var outcome = await _dialler.DialAsync(dial, cluster, destination, attempt: 1);
        if (outcome.Failure != L4EndReason.None)
            throw Fail(call, cluster, destination, outcome);
        var endPoint = dial.Upstream!.RemoteEndPoint;
        dial.Upstream.StartKeepAlive(cluster.KeepAlive);
        var socket = dial.Upstream.Detach() ?? throw new InvalidOperationException("The socket is none of .NET's.");
        socket.Blocking = true; // What a NetworkStream wants, and never uses.
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (cluster.Tls is { } tls)
        {
            (var secured, outcome) = await SecureAsync(stream, tls, call, cluster, destination, cancellationToken);
            stream = secured ?? throw Fail(call, cluster, destination, OfAddress(outcome, call, destination, endPoint));
        }
        if (endPoint is not null)
            destination.Answered(endPoint, begunAt);
        return stream;
    }

    private async ValueTask<(SslStream? Stream, DialOutcome Outcome)> SecureAsync(
        Stream stream, UpstreamTls tls, HttpCall call, ClusterModel cluster, DestinationModel destination, CancellationToken cancellationToken)
    {
        var secured = new SslStream(stream);
        try
        {
            if (!tls.TryGetServerName(call.Captures, destination.Address, out var name))
                throw new AuthenticationException("There is no name to ask for.");
            var isHttp2 = cluster.Http.Protocol == L4HttpProtocol.H2;
            var options = tls.OptionsFor(name);
            options.ApplicationProtocols = [.. isHttp2 ? s_http2 : s_http1];
            using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(call.Route.Timeouts!.TlsHandshake), _clock.Time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            await secured.AuthenticateAsClientAsync(options, either.Token);
            if (isHttp2 && secured.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2)
                throw new AuthenticationException("It does not speak HTTP/2 (no 'h2' by ALPN).");
            return (secured, default);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or OperationCanceledException)
        {
            await secured.DisposeAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return (null, e is OperationCanceledException ? new(L4EndReason.UpstreamTlsTimeout) : new(L4EndReason.UpstreamTlsFailed, Detail: TlsFailure.From(TransportStatus.Corrupt, e).Reason));
        }
    }

    private HttpDialException Fail(HttpCall call, ClusterModel cluster, DestinationModel destination, in DialOutcome outcome)
    {
        var order = destination.Address.IsTemplate ? OrderOf(call, destination) : null;
        destination.Blame(outcome.Again == DialAgain.AtOnce ? L4EndReason.None : outcome.Failure, order, _clock.Now);
        // Where its address is the request's, or it has another one, it is no failure of all.
        if (outcome.Again != DialAgain.AtOnce && !destination.Address.IsTemplate)
            _failed.Add(destination.State, outcome.Failure, outcome.Detail);
        if (_warnings.TryTake())
            _log.ConnectFailed(call.Id, destination.Id, cluster.Id, destination.Address.Describe(call.Captures, call.LocalPort), outcome.Failure, outcome.Detail);
        return new HttpDialException(outcome.Failure, outcome.Detail, outcome.Again == DialAgain.AtOnce);
    }

    /// <summary>There was somebody, but not who was wanted: that is the failure of one address, and others come before it from now on.</summary>
    private static DialOutcome OfAddress(in DialOutcome outcome, HttpCall call, DestinationModel destination, EndPoint? endPoint)
    {
        if (endPoint is null || OrderOf(call, destination) is not { EndPoints.Length: > 1 } order)
            return outcome;
        order.NoteFailed(endPoint);
        return outcome with { Again = DialAgain.AtOnce };
    }

    private static EndPointOrder? OrderOf(HttpCall call, DestinationModel destination) => destination.KnownNow(call.Cluster.Resolver, call.Captures, call.LocalPort)?.Order;
}
