using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>
/// The walk of one UDP flow through its stations, the twin of <see cref="Tcp.TcpProxy"/>. Before there is a flow each answers what becomes of
/// a datagram (<see cref="DatagramOutcome.Relayed"/>: it goes on), afterwards <see cref="L4EndReason.None"/> or why the flow ends.
/// <code>
///            accept    UdpListener: the first datagram of a flow
///   client ─▶ 2 admit           Admission
///             3 match           PrefaceReader; UndecidedFlow, where it takes several datagrams
///             4 or drop
///             6 pick, connect   Connector ─▶ upstream
///             7 relay           Receive up, Relay down
///             8 close           Teardown
///             9 record          ConnectionRecorder
/// </code>
/// </summary>
internal sealed class UdpProxy(
    Admission admission, Connector connector, Relay relay, ConnectionRecorder recorder, ProxyMetrics metrics, CoarseClock clock, ILogger<UdpProxy> log)
{
    /// <summary>Takes one datagram of a client's: on its flow's way up, or the start of a flow. Never waits.</summary>
    public void Receive(UdpShard shard, ReadOnlySpan<byte> datagram, in SessionKey key, long now)
    {
        var endpoint = shard.Listener.Endpoint;
        DatagramOutcome? outcome = shard.Table.Find(key, now) is { } session && !HasMoved(session, now) ? SendUp(session, datagram, now)
            : shard.Undecided.TryFind(key, out var flow) ? GoOn(flow, datagram, now)
            : Begin(shard, endpoint, key, datagram, now);
        if (outcome is { } known)
            metrics.Datagram(endpoint, up: true, known);
    }

    /// <summary>Its datagrams have not shown a flow's route in time: the best one takes it that needs no more of them. At the socket's home.</summary>
    public void GiveUp(UndecidedFlow flow, long now)
    {
        if (flow.TryGiveUp(out var match))
            Decide(flow, match, now);
    }

    /// <summary>Walks; returns when nothing of the flow is left here. Never throws.</summary>
    public async Task RunAsync(UdpSession session)
    {
        try
        {
            recorder.Started(session);
            if (session.Route.UdpTimeouts!.MaxLifetime is not UdpTimeouts.Never and var lifetime)
                session.Deadline.StartLifetime(lifetime);
            L4EndReason end;
            do
            {
                // :: 6 pick, connect
                end = await connector.ConnectAsync(session);
                if (end == L4EndReason.None && session.IsOneWay && !session.TryStayToHear())
                    end = L4EndReason.Completed;
                // :: 7 relay
                if (end == L4EndReason.None)
                    end = connector.EndOf(session, await relay.RunAsync(session));
            }
            while (end == L4EndReason.None);
            session.TryEnd(end);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
            session.TryEnd(L4EndReason.InternalError);
        }
        finally
        {
            Finish(session);
        }
    }

    /// <summary>Whatever fails, what comes after it is done.</summary>
    private void Finish(UdpSession session)
    {
        try
        {
            // :: 8 close
            Teardown.Close(session);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
        }
        try
        {
            // :: 9 record
            recorder.Ended(session);
        }
        finally
        {
            Admission.Leave(session);
        }
    }

    /// <summary>Whether what the client sends has been without an answer, and the destination's name leads elsewhere by now: then a new flow begins.</summary>
    private static bool HasMoved(UdpSession session, long now)
    {
        if (!session.Upstream.IsUnheard(now) || session.Shard.Listener.IsClosing || !Connector.HasMoved(session))
            return false;
        Teardown.End(session, L4EndReason.DestinationMoved);
        return true;
    }

    private static DatagramOutcome SendUp(UdpSession session, ReadOnlySpan<byte> datagram, long now)
    {
        if (datagram.Length > session.Cluster.MaxDatagram)
            return DatagramOutcome.TooLarge;
        var status = session.Upstream.Send(datagram, now);
        if (status is DatagramStatus.Refused or DatagramStatus.Unreachable)
            Teardown.End(session, Relay.ReasonOf(status));
        return Relay.OutcomeOf(status);
    }

    /// <summary>Begins a flow, if there is a route for it.</summary>
    /// <returns>Null where the datagram waits for others.</returns>
    private DatagramOutcome? Begin(UdpShard shard, EndpointModel endpoint, in SessionKey key, ReadOnlySpan<byte> datagram, long now)
    {
        // :: 2 admit
        if (admission.Admit(shard.Listener, endpoint, key, out var client) is not DatagramOutcome.Relayed and var refused)
            return refused;
        // :: 3 match
        var match = PrefaceReader.Read(endpoint, key, client, datagram, out var info);
        if (match.Status == RouteMatchStatus.NeedMore)
        {
            var flow = new UndecidedFlow(key, shard, endpoint, client, info, now);
            if (flow.TryKeep(datagram))
                return Wait(flow, now);
            match = PrefaceReader.Match(endpoint, key, client, info, datagram, noMoreBytes: true);
        }
        return Begin(shard, endpoint, key, client, match, info.ClientHello, datagram, now);
    }

    private DatagramOutcome Begin(
        UdpShard shard, EndpointModel endpoint, in SessionKey key, IPAddress? client, in RouteMatch match, ClientHello? hello, ReadOnlySpan<byte> datagram, long now)
    {
        // :: 4 or drop
        var outcome = OrDrop(match.Route, client, datagram.Length);
        return outcome == DatagramOutcome.Relayed ? Start(new UdpSession(key, shard, endpoint, match, hello, clock), datagram, now) : outcome;
    }

    private DatagramOutcome? Wait(UndecidedFlow flow, long now)
    {
        if (flow.Shard.Undecided.Add(flow) is { } other)
            GiveUp(other, now);
        return null;
    }

    private DatagramOutcome? GoOn(UndecidedFlow flow, ReadOnlySpan<byte> datagram, long now)
    {
        if (!flow.TryGoOn(datagram, out var match, out var isKept))
            return match.Status == RouteMatchStatus.NeedMore ? null : DatagramOutcome.QueueFull;
        flow.Shard.Undecided.Remove(flow);
        Decide(flow, match, now);
        return isKept ? null : Send(flow, match, datagram, now);
    }

    /// <summary>Sends on what a flow's route was waited for with, in its order, and says what became of it.</summary>
    private void Decide(UndecidedFlow flow, in RouteMatch match, long now)
    {
        for (var position = 0; flow.Datagrams.TryRead(ref position, out var datagram);)
            metrics.Datagram(flow.Endpoint, up: true, Send(flow, match, datagram, now));
        flow.Datagrams.Release();
    }

    private DatagramOutcome Send(UndecidedFlow flow, in RouteMatch match, ReadOnlySpan<byte> datagram, long now) =>
        flow.Shard.Table.Find(flow.Key, now) is { } session
            ? SendUp(session, datagram, now)
            : Begin(flow.Shard, flow.Endpoint, flow.Key, flow.Client, match, flow.Info.ClientHello, datagram, now);

    /// <summary>What the route says, if there is one.</summary>
    private static DatagramOutcome OrDrop(RouteModel? route, IPAddress? client, int length)
    {
        if (route is not { Action: L4RouteAction.Proxy, Cluster: { } cluster })
            return DatagramOutcome.NoRoute;
        var outcome = Admission.Admit(route.Firewall, client);
        return outcome == DatagramOutcome.Relayed && length > cluster.MaxDatagram ? DatagramOutcome.TooLarge : outcome;
    }

    /// <summary>Begins the walk: at home here and now, as a rule to where there is an upstream; elsewhere on a thread that may wait.</summary>
    private DatagramOutcome Start(UdpSession session, ReadOnlySpan<byte> datagram, long now)
    {
        if (!session.Upstream.Fits(datagram.Length))
            return DatagramOutcome.TooLarge;
        var isHome = session.Shard.Socket.IsHome;
        if (!isHome || session.IsOneWay)
            session.Upstream.KeepUntilConnected();
        // One-way, it is over when that is sent.
        if (session.IsOneWay)
            session.Upstream.Send(datagram, now);
        if (Admission.Enter(session, now) is not DatagramOutcome.Relayed and var full)
            return full;
        if (!isHome)
            ThreadPool.UnsafeQueueUserWorkItem(static item => _ = item.Proxy.RunAsync(item.Session), (Proxy: this, Session: session), preferLocal: false);
        else if (RunAsync(session) is { IsCompleted: false } && session.Upstream.Socket is null)
            session.Upstream.KeepUntilConnected();
        if (session.IsOneWay)
            return session.EndReason is L4EndReason.None or L4EndReason.Completed ? DatagramOutcome.Relayed : DatagramOutcome.NotSent;
        return session.EndReason == L4EndReason.None ? SendUp(session, datagram, now) : DatagramOutcome.NotSent;
    }
}
