namespace L4Proxy.Udp;

/// <summary>Station close. UDP has nothing to say on the wire: the flow is forgotten, and its socket closed.</summary>
internal static class Teardown
{
    /// <summary>Ends a flow, whatever station it is at; its walk notices and finishes.</summary>
    public static void End(UdpSession session, L4EndReason reason)
    {
        session.TryEnd(reason);
        // The next datagram of this client begins a new flow.
        session.Listener.Table.Remove(session);
        session.Upstream?.Dispose();
    }

    /// <summary>Gives back everything that the flow held.</summary>
    public static void Close(UdpSession session)
    {
        session.TryEnd(L4EndReason.Completed);
        session.Deadline.Cancel();
        session.Listener.Table.Remove(session);
        session.Release();
        session.Destination?.RemoveConnection();
        session.Listener.Leave(session.Endpoint);
    }
}
