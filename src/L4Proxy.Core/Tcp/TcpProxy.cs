using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Routing;
using L4Proxy.Sessions;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// The walk of one TCP connection through its stations, in order:
/// <code>
///            accept    TcpListener, or Kestrel's port
///   client ─▶ 1 peek            ProxyHeaderReader: who the real client is
///             2 admit           Firewall
///             3 match           PrefaceReader
///             4 hand over or reject
///             5 secure          TlsTerminator
///             6 application     ConnectionMiddleware, where there is some
///             7 pick, connect   Connector ─▶ upstream
///             8 relay           Relay
///             9 close           Teardown
///            10 record          ConnectionRecorder
/// </code>
/// </summary>
internal sealed class TcpProxy(
    ProxyHeaderReader headers, TlsTerminator terminator, Connector connector, ConnectionRecorder recorder, ProxyMetrics metrics, SessionSet sessions,
    DescriptorBudget budget, PerSecondLimit lines, ILogger<TcpProxy> log, ConnectionMiddleware? application = null)
{
    /// <summary>Walks; returns when nothing of the connection is left here. Never throws.</summary>
    public async Task RunAsync(TcpSession session)
    {
        try
        {
            recorder.Started(session);
            // :: 1 peek
            var refusal = await headers.ReadAsync(session);
            // :: 2 admit
            if (refusal == L4EndReason.None && !session.Endpoint.Firewall.Admits(session.ClientAddress))
                refusal = L4EndReason.FirewallDenied;
            if (refusal != L4EndReason.None)
            {
                await Teardown.RejectAsync(session, refusal);
                return;
            }
            // :: 3 match
            var read = await PrefaceReader.ReadAsync(session);
            metrics.Decided(session);
            // :: 4 hand over or reject
            if (!await DecideAsync(session, read))
                return;
            // :: 5 secure
            if (!await terminator.SecureAsync(session))
                return;
            if (session.Route!.Action == L4RouteAction.Http)
            {
                HandOver(session);
                return;
            }
            // :: 6 application
            if (application is not null && await application(session) is not L4EndReason.None and var decided)
            {
                await Teardown.RejectAsync(session, decided, withFin: decided == L4EndReason.EndedByMiddleware);
                return;
            }
            // :: 7 pick, connect
            if (await connector.ConnectAsync(session) is not L4EndReason.None and var failure)
            {
                Teardown.Abort(session, failure);
                return;
            }
            // :: 8 relay
            await Relay.RunAsync(session);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
            Teardown.Abort(session, L4EndReason.InternalError);
        }
        finally
        {
            // :: 9 close, 10 record
            await EndAsync(session);
        }
    }

    /// <summary>Whatever fails, what comes after it is done: the record is the last that a stop waits for.</summary>
    private async ValueTask EndAsync(TcpSession session)
    {
        try
        {
            await Teardown.CloseAsync(session);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
        }
        finally
        {
            budget.ReleaseConnection();
            recorder.Ended(session);
            session.Recorded?.Invoke();
            sessions.Remove(session);
        }
    }

    /// <summary>What the route says, or what holds where there is none.</summary>
    /// <returns>Whether the connection is to be proxied, or to become HTTP once its TLS has ended here.</returns>
    private async ValueTask<bool> DecideAsync(TcpSession session, L4EndReason read)
    {
        if (read is L4EndReason.ClientReset or L4EndReason.ClientUnreachable)
        {
            Teardown.Abort(session, read);
            return false;
        }
        var route = session.Match.Status == RouteMatchStatus.Found ? session.Route : null;
        if (route?.Firewall.Admits(session.ClientAddress) == false)
        {
            await Teardown.RejectAsync(session, L4EndReason.FirewallDenied);
            return false;
        }
        if (route is null && log.IsEnabled(LogLevel.Debug))
            log.NoRoute(session.Id, session.ClientEndPoint, session.Endpoint.Id, PrefaceReader.Explain(session));
        switch (route?.Action)
        {
            case L4RouteAction.Proxy:
            case L4RouteAction.Http when session.Endpoint.TlsFor(route) is not null:
                return true;
            case L4RouteAction.Reject:
                await Teardown.RejectAsync(session, L4EndReason.RejectedByRoute, withFin: route.RejectWith == L4RejectWith.Close);
                return false;
            case L4RouteAction.Http:
            case null when session.Endpoint.IsShared:
                HandOver(session);
                return false;
            default:
                await Teardown.RejectAsync(session, read == L4EndReason.None ? WithoutRoute(session) : read);
                return false;
        }
    }

    private L4EndReason WithoutRoute(TcpSession session)
    {
        if (session.PrefaceInfo.ClientHello?.ServerNameFault is not { } fault)
            return L4EndReason.NoRoute;
        if (lines.TryTake())
            log.ServerNameInvalid(session.Id, session.ClientEndPoint, session.Endpoint.Id, fault);
        return L4EndReason.ServerNameInvalid;
    }

    private static void HandOver(TcpSession session)
    {
        if (session.Http is not { } http)
            throw new InvalidOperationException("A route leads to HTTP, and there is no HTTP server.");
        http.HandOver(session.Client, session.Preface.Bytes.Span, session.Known);
        session.TryEnd(L4EndReason.HandedToHttp);
    }
}
