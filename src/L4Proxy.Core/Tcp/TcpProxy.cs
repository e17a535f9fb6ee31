using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Sessions;
using L4Proxy.Taps;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Tcp;

/// <summary>
/// The walk of one TCP connection through its stations, in order. Each answers <see cref="L4EndReason.None"/>, and the connection goes on, or why it
/// ends; what the client sees of that is for <see cref="Teardown"/> alone.
/// <code>
///            accept    TcpListener, or Kestrel's port
///   client ─▶ 1 peek            ProxyHeaderReader: who the real client is
///             2 admit           Admission
///             3 match           PrefaceReader; CancelForwarder for who belongs to another connection
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
    Admission admission, ProxyHeaderReader headers, PrefaceReader prefaces, CancelForwarder cancels, TlsTerminator terminator, Connector connector, ConnectionRecorder recorder,
    TapSet taps, ILogger<TcpProxy> log, ConnectionMiddleware? application = null)
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
                end = Admission.Admit(session, session.Endpoint.Firewall, session.Endpoint.Limit);
            // :: 3 match
            if (end == L4EndReason.None)
            {
                end = await prefaces.ReadAsync(session);
                recorder.Decided(session, ref session.Times);
                end = await cancels.ForwardAsync(session, end);
            }
            // :: 4 hand over or reject
            if (end == L4EndReason.None)
                end = HandOverOrReject(session);
            // :: 5 secure
            if (end == L4EndReason.None)
                end = await terminator.SecureAsync(session);
            if (end == L4EndReason.None && session.Route!.Action == L4RouteAction.Http)
                end = HandOver(session);
            // :: 6 application
            if (end == L4EndReason.None && application is not null)
                end = await application(session);
            // :: 7 pick, connect
            if (end == L4EndReason.None)
                end = await connector.ConnectAsync(session);
            // :: 8 relay
            if (end == L4EndReason.None)
            {
                TappedConnection.Attach(session, taps);
                end = await Relay.RunAsync(session);
            }
            // :: 9 close
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
            // :: 10 record
            recorder.Ended(session);
            session.Recorded?.Invoke();
        }
        finally
        {
            admission.Leave(session);
        }
    }

    /// <summary>What the route says; HTTP's is what has none.</summary>
    private static L4EndReason HandOverOrReject(TcpSession session)
    {
        if (session.Route is not { } route)
            return HandOver(session);
        var end = Admission.Admit(session, route.Firewall, route.Limit);
        return end != L4EndReason.None ? end : route.Action switch
        {
            L4RouteAction.Proxy => L4EndReason.None,
            L4RouteAction.Http when session.Endpoint.TlsFor(route) is not null => L4EndReason.None, // Once its TLS has ended.
            L4RouteAction.Reject => L4EndReason.RejectedByRoute,
            _ => HandOver(session),
        };
    }

    private static L4EndReason HandOver(TcpSession session)
    {
        if (session.Http is not { } http)
            throw new InvalidOperationException("A route leads to HTTP, and there is no HTTP server.");
        if (session.PrefaceInfo.ClientHello is not null)
            session.Preface.JoinHello();
        http.HandOver(session.Client, session.Preface.Bytes.Span, session.Known);
        return L4EndReason.HandedToHttp;
    }
}
