namespace L4Proxy.Udp;

/// <summary>Station close. UDP has nothing to say on the wire: the flow is forgotten, and its socket closed.</summary>
internal static class Teardown
{
    /// <summary>Ends a flow, whatever station it is at; its walk notices and finishes. From any thread.</summary>
    public static void End(UdpSession session, L4EndReason reason)
    {
        session.TryEnd(reason);
        // The next datagram of this client begins a new flow.
        Forget(session);
        session.Upstream.Socket?.Dispose();
    }

    /// <summary>The walk is over: gives back everything that the flow held.</summary>
    public static void Close(UdpSession session)
    {
        try
        {
            // The record counts them.
            if (session.RepliesUnderWay > 0)
                session.Shard.Socket.Flush();
            session.CancelDeadline();
            session.Upstream.Close();
        }
        finally
        {
            Forget(session);
            session.Lease?.Release();
            session.StopHearing();
            session.Destination?.State.Ended();
        }
    }

    private static void Forget(UdpSession session)
    {
        session.Shard.Table.Remove(session);
        session.LeaveConnection();
    }
}
