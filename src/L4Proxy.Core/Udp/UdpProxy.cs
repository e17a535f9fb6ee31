using System.Net;
using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Sessions;
using L4Proxy.Taps;
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
///             3 match           PrefaceReader; FlowDecision, where it takes several datagrams
///             4 or drop
///             6 pick, connect   Connector ─▶ upstream
///             7 relay           Receive up, Relay down
///             8 close           Teardown
///             9 record          ConnectionRecorder
/// </code>
/// </summary>
internal sealed class UdpProxy(
    Admission admission, Connector connector, Relay relay, ConnectionRecorder recorder, ProxyMetrics metrics, CoarseClock clock, UnroutedDatagrams unrouted, TapSet taps,
    ILogger<UdpProxy> log)
{
    /// <summary>For flows that take several datagrams to match.</summary>
    public FlowDecision Decision => field ??= new(metrics, Send);

    /// <summary>Takes one datagram of a client's: on its flow's way up, or the start of a flow. Never waits.</summary>
    public void Receive(UdpShard shard, ReadOnlySpan<byte> datagram, in SessionKey key, long now)
    {
        var endpoint = shard.Listener.Endpoint;
        DatagramOutcome? outcome = shard.Table.Find(key, now) is { } session && !HasMoved(session, now) ? SendUp(session, datagram, now)
            : shard.Undecided.TryFind(key, out var flow) ? Decision.GoOn(flow, datagram, now)
            : Begin(shard, key, datagram, now);
        if (outcome is { } known)
            metrics.Datagram(endpoint, up: true, known);
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
            session.Tap?.Close();
            Admission.Leave(session);
        }
    }

    /// <summary>Whether what the client sends has been without an answer, and the destination's name leads elsewhere by now: then a new flow begins.</summary>
    private static bool HasMoved(UdpSession session, long now)
    {
        if (!session.Upstream.IsUnheard(now) || session.Shard.Listener.IsClosing || !Connector.HasMoved(session))
            return false;
        // Nor is what its client sends from elsewhere to come back to it.
        if (session.Connection is { } connection)
            session.Shard.Listener.Connections.Forget(connection);
        Teardown.End(session, L4EndReason.DestinationMoved);
        return true;
    }

    private static DatagramOutcome SendUp(UdpSession session, ReadOnlySpan<byte> datagram, long now)
    {
        if (datagram.Length > session.Cluster.MaxDatagram)
            return DatagramOutcome.TooLarge;
        session.Tap?.Up(datagram);
        var status = session.Upstream.Send(datagram, now);
        if (status is DatagramStatus.Refused or DatagramStatus.Unreachable)
            Teardown.End(session, Relay.ReasonOf(status));
        return Relay.OutcomeOf(status);
    }

    /// <summary>Begins a flow, if there is a route for it.</summary>
    /// <returns>Null where the datagram waits for others.</returns>
    private DatagramOutcome? Begin(UdpShard shard, in SessionKey key, ReadOnlySpan<byte> datagram, long now)
    {
        var endpoint = shard.Listener.Endpoint;
        // :: 2 admit
        if (admission.Admit(shard.Listener, endpoint, key, out var client) is not DatagramOutcome.Relayed and var refused)
            return refused;
        var origin = new FlowOrigin(key, shard, endpoint, client);
        // :: 3 match
        if (PrefaceReader.FindMoved(origin, datagram, out var before) is { Status: RouteMatchStatus.Found } known)
            return Begin(origin, known, before!.Preface, before, datagram, now);
        var match = PrefaceReader.Read(origin, datagram, out var info);
        if (match.Status == RouteMatchStatus.NeedMore)
        {
            var flow = new UndecidedFlow(origin, info, now);
            if (flow.TryKeep(datagram))
            {
                Decision.Wait(flow, now);
                return null;
            }
            match = PrefaceReader.Match(origin, info, datagram, noMoreBytes: true);
        }
        return Begin(origin, match, info, before: null, datagram, now);
    }

    private DatagramOutcome Begin(
        in FlowOrigin origin, in RouteMatch match, in PrefaceInfo info, QuicConnection? before, ReadOnlySpan<byte> datagram, long now)
    {
        // :: 4 or drop
        var outcome = OrDrop(match.Route, origin.Client, datagram.Length);
        if (outcome == DatagramOutcome.NoRoute)
            unrouted.Say(origin, info);
        if (outcome != DatagramOutcome.Relayed)
            return outcome;
        var connection = before ?? (info.Recognised.HasAny(PrefaceParsers.Quic) ? new QuicConnection(info) : null);
        var session = new UdpSession(origin, match, info.ClientHello, clock) { Connection = connection, Way = before?.Way };
        return Start(session, datagram, now);
    }

    private DatagramOutcome Send(UndecidedFlow flow, in RouteMatch match, ReadOnlySpan<byte> datagram, long now) =>
        flow.Shard.Table.Find(flow.Key, now) is { } session
            ? SendUp(session, datagram, now)
            : Begin(flow.Origin, match, flow.Info, before: null, datagram, now);

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
        session.Tap = taps.Follow(session, session.Key.Local.ToIPEndPoint());
        if (session.IsOneWay)
            session.Tap?.Up(datagram);
        if (!isHome)
            ThreadPool.UnsafeQueueUserWorkItem(static item => _ = item.Proxy.RunAsync(item.Session), (Proxy: this, Session: session), preferLocal: false);
        else if (RunAsync(session) is { IsCompleted: false } && session.Upstream.Socket is null)
            session.Upstream.KeepUntilConnected();
        if (session.IsOneWay)
            return session.EndReason is L4EndReason.None or L4EndReason.Completed ? DatagramOutcome.Relayed : DatagramOutcome.NotSent;
        return session.EndReason == L4EndReason.None ? SendUp(session, datagram, now) : DatagramOutcome.NotSent;
    }
}
