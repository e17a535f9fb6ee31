using L4Proxy.Transport;

namespace L4Proxy.Tcp;

/// <summary>Takes the client's first bytes into <see cref="TcpSession.Preface"/>, while the deadline for them runs.</summary>
internal static class FirstBytes
{
    /// <summary>Waits until there is something to take. A silent client holds no buffer.</summary>
    /// <returns>None, or why nothing more comes.</returns>
    public static async ValueTask<L4EndReason> WaitAsync(TcpSession session)
    {
        for (;;)
        {
            var wait = await session.Client.WaitAsync();
            if (wait.Status != TransportStatus.Canceled || session.Deadline.IsOver)
                return EndOf(wait.Status);
        }
    }

    /// <summary>Takes what there is, up to <paramref name="limit"/> bytes in all.</summary>
    /// <returns>None, or why nothing more comes.</returns>
    public static async ValueTask<L4EndReason> TakeAsync(TcpSession session, int limit)
    {
        var received = await session.Client.TakeAsync(session.Preface.GetRoom(limit));
        if (received.Status == TransportStatus.Canceled)
            return L4EndReason.None; // Nothing after all.
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
