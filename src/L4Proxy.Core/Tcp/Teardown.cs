using System.Net.Sockets;
using L4Proxy.Configuration;
using L4Proxy.Destinations.Health;
using L4Proxy.Tls;
using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// Station close: what the wire shows when a connection ends. docs/teardown.md lists every way. FIN is relayed by
/// <see cref="Relay"/> as it comes, also a bare one in TLS; everything else ends both sides with RST, for a FIN would tell the other side that
/// what it got is all there was.
/// </summary>
internal static class Teardown
{
    // Where Timeouts:HalfClosed is off.
    private const long LongestStandstill = 60_000;

    // So long, and for so many bytes, who failed in TLS, or was refused in it, is listened to, so that no RST destroys the alert.
    private const long LingerMilliseconds = 1000;
    private const int LingerBytes = 64 * 1024;

    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Which side failed, and how.</summary>
    public static L4EndReason ReasonOf(bool client, TransportStatus status) => status switch
    {
        TransportStatus.Unreachable => client ? L4EndReason.ClientUnreachable : L4EndReason.UpstreamUnreachable,
        TransportStatus.Reset => client ? L4EndReason.ClientReset : L4EndReason.UpstreamReset,
        TransportStatus.Corrupt => client ? L4EndReason.ClientTlsFailed : L4EndReason.UpstreamTlsFailed,
        // Aborted: whoever aborted has given the reason.
        _ => L4EndReason.InternalError,
    };

    /// <summary>
    /// One side has failed, and all that it had said was sent to the other, which gets RST once it has arrived: an RST destroys what the
    /// kernel has not delivered yet. Who takes nothing of it runs into the limit of a half-closed connection, or the one here.
    /// </summary>
    public static async ValueTask ResetAsync(TcpSession session, TransportConnection survivor)
    {
        session.IsHalfClosed = true;
        session.Deadline.Refresh();
        var (pause, drainedAt, before) = (TimeSpan.FromMilliseconds(1), session.Clock.Now, int.MaxValue);
        // What is in a Unix socket survives its end.
        while (survivor.SendQueue.Bytes is > 0 and var left && survivor.RemoteEndPoint is not UnixDomainSocketEndPoint)
        {
            if (left < before)
                (before, drainedAt) = (left, session.Clock.Now);
            else if (session.Clock.Now - drainedAt > LongestStandstill)
                break;
            // The kernel tells nobody when the queue is empty, and its time is the real one, whatever clock there is.
            await Task.Delay(pause, TimeProvider.System);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
        Abort(session, L4EndReason.InternalError); // The cause is known already.
    }

    /// <summary>The walk has come to an end: says so on the wire.</summary>
    public static async ValueTask EndAsync(TcpSession session, L4EndReason end)
    {
        session.TryEnd(end);
        switch (end)
        {
            case L4EndReason.Completed or L4EndReason.HandedToHttp:
                break;
            case L4EndReason.ClientClosedEarly or L4EndReason.EndedByMiddleware or L4EndReason.CancelForwarded:
            case L4EndReason.RejectedByRoute when session.Route!.RejectWith == L4RejectWith.Close:
                await session.Client.ShutdownSendAsync();
                break;
            case L4EndReason.ClientTlsFailed:
                session.Deadline.StartClientTls(LingerMilliseconds);
                await ((TlsConnection)session.Client).LingerAsync(LingerBytes);
                break;
            case L4EndReason.NoRoute or L4EndReason.ServerNameInvalid when session.Endpoint.EndsTls && session.PrefaceInfo.ClientHello is not null:
                await RefuseNameAsync(session);
                break;
            default:
                Abort(session, end);
                break;
        }
    }

    /// <summary>Where TLS ends, a client whose name nobody has is told so; where it only passes through, that is not for us to say.</summary>
    private static async ValueTask RefuseNameAsync(TcpSession session)
    {
        session.Deadline.StartClientTls(LingerMilliseconds);
        if (await session.Client.SendAsync(PlainAlert.UnrecognizedName) == TransportStatus.Ok
            && await session.Client.ShutdownSendAsync() == TransportStatus.Ok)
            await PlainAlert.LingerAsync(session.Client, LingerBytes);
    }

    /// <summary>Ends both sides at once, whatever station it is at: with RST, except for what lies before a FIN that was sent. From any thread.</summary>
    public static void Abort(TcpSession session, L4EndReason reason)
    {
        session.TryEnd(reason);
        session.Client.Abort();
        session.Dialled?.Abort();
    }

    /// <summary>A destination that resets what it has just accepted does not work, whatever connecting to it says. Another's word is known by what it sent.</summary>
    private static void NoteHowServed(TcpSession session)
    {
        if (session.Destination is not { Address.IsTemplate: false, State: var state })
            return;
        // There are servers that never say anything: of them a FIN, or that it was long, says that they were served.
        var isEarly = session.Clock.Now - session.ConnectedAt <= EarlyResets.Early;
        if (session.BytesDown > 0 || session.EndReason == L4EndReason.Completed || !isEarly)
            state.EarlyResets.Forget();
        else if (session.EndReason == L4EndReason.UpstreamReset)
            state.WasReset(session.Clock.Now);
    }

    /// <summary>Closes the descriptors.</summary>
    public static async ValueTask CloseAsync(TcpSession session)
    {
        session.Deadline.Cancel();
        session.Preface.Release();
        // Before anybody hears of the end: who comes again then has its place.
        session.Lease?.Release();
        session.Destination?.State.Ended();
        NoteHowServed(session);
        try
        {
            if (session.EndReason != L4EndReason.HandedToHttp)
                await session.Client.DisposeAsync();
        }
        finally
        {
            if (session.Upstream is { } upstream)
                await upstream.DisposeAsync();
        }
        session.BytesDown = Math.Max(0, session.BytesDown - session.Client.Undelivered);
        session.BytesUp = Math.Max(0, session.BytesUp - (session.Upstream?.Undelivered ?? 0));
    }
}
