using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Routing;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// The walk of one TCP connection through its stations, in order:
/// <code>
///            accept    TcpListener, or Kestrel's port
///   client ─▶ 1 peek, match     PrefaceReader
///             2 hand over or reject
///             3 secure          TlsTerminator
///             4 pick, connect   Connector ─▶ upstream
///             5 relay           Relay
///             6 close           Teardown
///             7 record          ConnectionRecorder
/// </code>
/// </summary>
internal sealed class TcpProxy(
    TlsTerminator terminator, Connector connector, ConnectionRecorder recorder, ProxyMetrics metrics, SessionSet sessions,
    ConnectionBudget budget, ILogger<TcpProxy> log)
{
    /// <summary>Walks; returns when nothing of the connection is left here. Never throws.</summary>
    public async Task RunAsync(TcpSession session)
    {
        recorder.Started(session);
        try
        {
            // :: 1 peek, match
            var read = await PrefaceReader.ReadAsync(session);
            metrics.Decided(session);
            // :: 2 hand over or reject
            if (!await DecideAsync(session, read))
                return;
            // :: 3 secure
            if (!await terminator.SecureAsync(session))
                return;
            // :: 4 pick, connect
            if (await connector.ConnectAsync(session) is not L4EndReason.None and var failure)
            {
                Teardown.Abort(session, failure);
                return;
            }
            // :: 5 relay
            await Relay.RunAsync(session);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
            Teardown.Abort(session, L4EndReason.InternalError);
        }
        finally
        {
            // :: 6 close
            await Teardown.CloseAsync(session);
            sessions.Remove(session);
            budget.Release();
            // :: 7 record
            recorder.Ended(session);
        }
    }

    /// <summary>What the route says, or what holds where there is none.</summary>
    /// <returns>Whether the connection is to be proxied.</returns>
    private static async ValueTask<bool> DecideAsync(TcpSession session, L4EndReason read)
    {
        if (read is L4EndReason.ClientReset or L4EndReason.ClientUnreachable)
        {
            Teardown.Abort(session, read);
            return false;
        }
        var route = session.Match.Status == RouteMatchStatus.Found ? session.Route : null;
        switch (route?.Action)
        {
            case L4RouteAction.Proxy:
                return true;
            case L4RouteAction.Reject:
                await Teardown.RejectAsync(session, L4EndReason.RejectedByRoute, withFin: route.Config.RejectWith == L4RejectWith.Close);
                return false;
            case L4RouteAction.Http:
            case null when session.Endpoint.IsShared:
                HandOver(session);
                return false;
            default:
                await Teardown.RejectAsync(
                    session, read == L4EndReason.None ? L4EndReason.NoRoute : read, withFin: read == L4EndReason.ClientClosedEarly);
                return false;
        }
    }

    private static void HandOver(TcpSession session)
    {
        if (session.Http is not { } http)
            throw new InvalidOperationException("A route leads to HTTP, and there is no HTTP server.");
        http.HandOff(session.Client, session.Preface.Bytes.Span, session.ClientEndPoint, session.PrefaceInfo.ClientHello);
        session.TryEnd(L4EndReason.HandedToHttp);
    }
}
