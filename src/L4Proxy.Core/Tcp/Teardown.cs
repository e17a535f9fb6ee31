using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>
/// Station close: what the wire shows when a connection ends. docs/teardown.md lists every way. FIN is relayed by
/// <see cref="Relay"/> as it comes, also a bare one in TLS; everything else ends both sides with RST, for a FIN would tell the other side that
/// what it got is all there was.
/// </summary>
internal static class Teardown
{
    /// <summary>One side failed: the other is told.</summary>
    public static void Fail(TcpSession session, bool client, TransportStatus status) => Abort(session, status switch
    {
        TransportStatus.Unreachable => client ? L4EndReason.ClientUnreachable : L4EndReason.UpstreamUnreachable,
        TransportStatus.Reset => client ? L4EndReason.ClientReset : L4EndReason.UpstreamReset,
        TransportStatus.Corrupt => client ? L4EndReason.ClientTlsFailed : L4EndReason.UpstreamTlsFailed,
        // Aborted: whoever aborted has given the reason.
        _ => L4EndReason.InternalError,
    });

    /// <summary>Resets both sides.</summary>
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
        session.Destination?.RemoveConnection();
        if (session.EndReason != L4EndReason.HandedToHttp)
            await session.Client.DisposeAsync();
        if (session.Upstream is { } upstream)
            await upstream.DisposeAsync();
    }
}
