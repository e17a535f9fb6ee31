using System.Net.Sockets;
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

    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(100);

    /// <summary>Says which side failed, and how.</summary>
    public static void Blame(TcpSession session, bool client, TransportStatus status) => session.TryEnd(status switch
    {
        TransportStatus.Unreachable => client ? L4EndReason.ClientUnreachable : L4EndReason.UpstreamUnreachable,
        TransportStatus.Reset => client ? L4EndReason.ClientReset : L4EndReason.UpstreamReset,
        TransportStatus.Corrupt => client ? L4EndReason.ClientTlsFailed : L4EndReason.UpstreamTlsFailed,
        // Aborted: whoever aborted has given the reason.
        _ => L4EndReason.InternalError,
    });

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

    /// <summary>Ends both sides at once: with RST, except for what lies before a FIN that was sent.</summary>
    public static void Abort(TcpSession session, L4EndReason reason)
    {
        session.TryEnd(reason);
        session.Client.Abort();
        session.Dialled?.Abort();
    }

    /// <summary>Ends a connection that was not asked in: FIN if wanted or if it has closed itself, else RST.</summary>
    public static async ValueTask RejectAsync(TcpSession session, L4EndReason reason, bool withFin = false)
    {
        session.TryEnd(reason);
        if (withFin || reason == L4EndReason.ClientClosedEarly)
            await session.Client.ShutdownSendAsync();
        else
            session.Client.Abort();
    }

    /// <summary>Closes the descriptors once both directions have ended.</summary>
    public static async ValueTask CloseAsync(TcpSession session)
    {
        session.TryEnd(L4EndReason.Completed);
        session.Deadline.Cancel();
        session.Preface.Release();
        session.Destination?.State.Ended();
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
