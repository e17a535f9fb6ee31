using L4Proxy.Diagnostics;
using L4Proxy.Routing;
using L4Proxy.Sessions;

namespace L4Proxy.Udp;

/// <summary>Station match, where it takes several datagrams: a flow waits for them, and all are sent on once its route is known or its time is over.</summary>
internal sealed class FlowDecision(ProxyMetrics metrics, FlowDecision.Sender send)
{
    /// <summary>Sends on a datagram of a flow that is decided, the first of them as its beginning.</summary>
    public delegate DatagramOutcome Sender(UndecidedFlow flow, in RouteMatch match, ReadOnlySpan<byte> datagram, long now);

    /// <summary>Has a new flow wait, with the datagram that it keeps.</summary>
    public void Wait(UndecidedFlow flow, long now)
    {
        if (flow.Shard.Undecided.Add(flow) is { } other)
            GiveUp(other, now);
    }

    /// <summary>Takes the next datagram of a flow that waits.</summary>
    /// <returns>Null where it waits, too, or was counted with the others.</returns>
    public DatagramOutcome? GoOn(UndecidedFlow flow, ReadOnlySpan<byte> datagram, long now)
    {
        if (!flow.TryGoOn(datagram, out var match, out var isKept))
            return match.Status == RouteMatchStatus.NeedMore ? null : DatagramOutcome.QueueFull;
        flow.Shard.Undecided.Remove(flow);
        SendKept(flow, match, now);
        return isKept ? null : send(flow, match, datagram, now);
    }

    /// <summary>Its datagrams have not shown a flow's route in time: the best one takes it that needs no more of them. At the socket's home.</summary>
    public void GiveUp(UndecidedFlow flow, long now)
    {
        if (flow.TryGiveUp(out var match))
            SendKept(flow, match, now);
    }

    /// <summary>Sends on what a flow's route was waited for with, in its order, and says what became of it.</summary>
    private void SendKept(UndecidedFlow flow, in RouteMatch match, long now)
    {
        for (var position = 0; flow.Datagrams.TryRead(ref position, out var datagram);)
            metrics.Datagram(flow.Endpoint, up: true, send(flow, match, datagram, now));
        flow.Datagrams.Release();
    }
}
