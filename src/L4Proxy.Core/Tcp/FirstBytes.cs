using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>Takes the client's first bytes into <see cref="TcpSession.Preface"/>, while the deadline for them runs.</summary>
internal static class FirstBytes
{
    /// <summary>What a wait for more says. It may also have ended for the deadline of something before, and then says nothing.</summary>
    /// <returns>None, or why nothing more comes.</returns>
    public static L4EndReason EndOf(TcpSession session, TransportResult wait) =>
        wait.Status == TransportStatus.Canceled && !session.Deadline.IsOver ? L4EndReason.None : EndOf(wait.Status);

    /// <summary>Takes what there is, up to <paramref name="limit"/> bytes in all.</summary>
    /// <returns>None, or why nothing more comes.</returns>
    public static async ValueTask<L4EndReason> TakeAsync(TcpSession session, int limit)
    {
        var received = await session.Client.TakeAsync(session.Preface.GetRoom(limit));
        if (received.Status == TransportStatus.Canceled)
        {
            // Nothing after all, and a silent client holds no buffer.
            if (session.Preface.Length == 0)
                session.Preface.Release();
            return L4EndReason.None;
        }
        if (received.Status != TransportStatus.Ok)
            return EndOf(received.Status);
        session.Preface.Advance(received.Bytes);
        return received.Bytes > 0 ? L4EndReason.None : L4EndReason.ClientClosedEarly;
    }

    private static L4EndReason EndOf(TransportStatus status) => status switch
    {
        TransportStatus.Ok => L4EndReason.None,
        TransportStatus.Canceled => L4EndReason.PrefaceTimeout,
        TransportStatus.Unreachable => L4EndReason.ClientUnreachable,
        _ => L4EndReason.ClientReset,
    };
}
