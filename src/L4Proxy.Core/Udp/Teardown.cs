namespace L4Proxy.Udp;

/// <summary>Station close. UDP has nothing to say on the wire: the flow is forgotten, and its socket closed.</summary>
internal static class Teardown
{
    /// <summary>Ends a flow, whatever station it is at; its walk notices and finishes. From any thread.</summary>
    public static void End(UdpSession session, L4EndReason reason)
    {
        session.TryEnd(reason);
        // The next datagram of this client begins a new flow.
        session.Shard.Table.Remove(session);
        session.Upstream?.Dispose();
    }

    /// <summary>Gives back everything that the flow held.</summary>
    public static void Close(UdpSession session)
    {
        session.TryEnd(L4EndReason.Completed);
        try
        {
            // The record counts them.
            if (session.RepliesUnderWay > 0)
                session.Shard.Socket.Flush();
            session.CancelDeadline();
            session.Release();
        }
        finally
        {
            session.Shard.Table.Remove(session);
            session.StopHearing();
            session.Destination?.State.Ended();
        }
    }
}
