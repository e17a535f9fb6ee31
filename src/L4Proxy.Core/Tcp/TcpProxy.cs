using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Sessions;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// The walk of one TCP connection through its stations, in order. Each answers <see cref="L4EndReason.None"/>, and the connection goes on, or why it
/// ends; what the client sees of that is for <see cref="Teardown"/> alone.
/// <code>
///            accept    TcpListener, or Kestrel's port
///   client ─▶ 1 peek            ProxyHeaderReader: who the real client is
///             2 admit           Admission
///             3 match           PrefaceReader
///             4 hand over or reject
///             5 secure          TlsTerminator
///             6 pick, connect   Connector ─▶ upstream
///             7 relay           Relay
///             8 close           Teardown
///             9 record          ConnectionRecorder
/// </code>
/// </summary>
internal sealed class TcpProxy(
    Admission admission, ProxyHeaderReader headers, PrefaceReader prefaces, TlsTerminator terminator, Connector connector, ConnectionRecorder recorder,
    ProxyMetrics metrics, ILogger<TcpProxy> log)
{
    /// <summary>Walks; returns when nothing of the connection is left here. Never throws.</summary>
    public async Task RunAsync(TcpSession session)
    {
        try
        {
            recorder.Started(session);
            // :: 1 peek
            var end = await headers.ReadAsync(session);
            // :: 2 admit
            if (end == L4EndReason.None)
                end = Admission.Admit(session, session.Endpoint.Firewall);
            // :: 3 match
            if (end == L4EndReason.None)
            {
                end = await prefaces.ReadAsync(session);
                metrics.Decided(session);
            }
            // :: 4 hand over or reject
            if (end == L4EndReason.None)
                end = HandOverOrReject(session);
            // :: 5 secure
            if (end == L4EndReason.None)
                end = await terminator.SecureAsync(session);
            // :: 6 pick, connect
            if (end == L4EndReason.None)
                end = await connector.ConnectAsync(session);
            // :: 7 relay
            if (end == L4EndReason.None)
                end = await Relay.RunAsync(session);
            // :: 8 close
            await Teardown.EndAsync(session, end);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
            Teardown.Abort(session, L4EndReason.InternalError);
        }
        finally
        {
            await FinishAsync(session);
        }
    }

    /// <summary>Whatever fails, what comes after it is done.</summary>
    private async ValueTask FinishAsync(TcpSession session)
    {
        try
        {
            await Teardown.CloseAsync(session);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
        }
        try
        {
            // :: 9 record
            recorder.Ended(session);
        }
        finally
        {
            admission.Leave(session);
        }
    }

    /// <summary>What the route says, or HTTP's where there is none.</summary>
    private static L4EndReason HandOverOrReject(TcpSession session)
    {
        if (session.Route is { } route)
        {
            if (Admission.Admit(session, route.Firewall) is not L4EndReason.None and var denied)
                return denied;
            if (route.Action != L4RouteAction.Http)
                return route.Action == L4RouteAction.Proxy ? L4EndReason.None : L4EndReason.RejectedByRoute;
        }
        if (session.Http is not { } http)
            throw new InvalidOperationException("A route leads to HTTP, and there is no HTTP server.");
        var known = new ClientInfo { EndPoint = session.ClientEndPoint, Hello = session.PrefaceInfo.ClientHello, ProxyHeader = session.ProxyHeader };
        http.HandOver(session.Client, session.Preface.Bytes.Span, known);
        return L4EndReason.HandedToHttp;
    }
}
