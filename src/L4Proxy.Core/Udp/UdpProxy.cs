using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Prefaces;
using L4Proxy.Routing;
using L4Proxy.Sessions;
using L4Proxy.Snapshot;
using L4Proxy.Timing;
using L4Proxy.Transport;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Udp;

/// <summary>
/// The walk of one UDP flow through its stations, the twin of <see cref="Tcp.TcpProxy"/>:
/// <code>
///            accept    UdpListener: the first datagram of a flow
///   client ─▶ 2 admit           Firewall
///             3 match           the route table, on addresses and ports
///             4 or drop
///             6 pick, connect   Connector ─▶ upstream
///             7 relay           Receive up, Relay down
///             8 close           Teardown
///             9 record          ConnectionRecorder
/// </code>
/// </summary>
internal sealed class UdpProxy(
    Connector connector, Relay relay, ConnectionRecorder recorder, ProxyMetrics metrics, DescriptorBudget budget, CoarseClock clock,
    ILogger<UdpProxy> log)
{
    /// <summary>Takes one datagram of a client's: on its flow's way up, or the start of a flow. Never waits.</summary>
    public void Receive(UdpShard shard, ReadOnlySpan<byte> datagram, in SessionKey key, long now)
    {
        var endpoint = shard.Listener.Endpoint;
        var outcome = shard.Table.Find(key, now, out var session) switch
        {
            SessionLookup.Found when !HasMoved(session!, now) => SendUp(session!, datagram, now),
            SessionLookup.Full => DatagramOutcome.SessionsFull,
            _ => Begin(shard, endpoint, key, datagram, now),
        };
        metrics.Datagram(endpoint, up: true, outcome);
    }

    /// <summary>Walks; returns when nothing of the flow is left here. Never throws.</summary>
    public async Task RunAsync(UdpSession session)
    {
        try
        {
            recorder.Started(session);
            DatagramStatus status;
            do
            {
                // :: 6 pick, connect
                if (await connector.ConnectAsync(session) is not L4EndReason.None and var failure)
                {
                    session.TryEnd(failure);
                    return;
                }
                if (session.IsOneWay && !session.TryStayToHear())
                    return;
                // :: 7 relay
                status = await relay.RunAsync(session);
            }
            while (connector.IsToTryAnother(session, ref status));
            session.TryEnd(Relay.ReasonOf(status));
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

    private void Finish(UdpSession session)
    {
        try
        {
            // :: 8 close
            Teardown.Close(session);
            // :: 9 record
            recorder.Ended(session);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
        }
        finally
        {
            // The last: a stop waits for it.
            session.Shard.Listener.Leave(session.Endpoint);
        }
    }

    /// <summary>Whether what the client sends has been without an answer, and the destination's name leads elsewhere by now: then a new flow begins.</summary>
    private static bool HasMoved(UdpSession session, long now)
    {
        if (!session.IsUnheard(now) || session.Shard.Listener.IsClosing || !Connector.HasMoved(session))
            return false;
        Teardown.End(session, L4EndReason.DestinationMoved);
        return true;
    }

    private static DatagramOutcome SendUp(UdpSession session, ReadOnlySpan<byte> datagram, long now)
    {
        if (datagram.Length > session.Cluster.MaxDatagram)
            return DatagramOutcome.TooLarge;
        var status = session.SendUp(datagram, now);
        if (status is DatagramStatus.Refused or DatagramStatus.Unreachable)
            Teardown.End(session, Relay.ReasonOf(status));
        return Relay.OutcomeOf(status);
    }

    private DatagramOutcome Begin(UdpShard shard, EndpointModel endpoint, in SessionKey key, ReadOnlySpan<byte> datagram, long now)
    {
        // A flood over the limit costs a look at a counter, wherever it comes in.
        if (endpoint.Flows.Count >= endpoint.MaxSessions)
            return DatagramOutcome.SessionsFull;
        if (!budget.HasRoomForFlow)
            return DatagramOutcome.DescriptorsFull;
        var facts = FactsOf(key, endpoint, datagram);
        // :: 2 admit
        if (!endpoint.Firewall.Admits(facts.ClientAddress))
            return DatagramOutcome.FirewallDenied;
        // :: 3 match
        var match = endpoint.Routes.Match(facts, noMoreBytes: true);
        // :: 4 or drop
        if (match.Route is not { Action: L4RouteAction.Proxy, Cluster: { } cluster } route)
            return DatagramOutcome.NoRoute;
        if (!route.Firewall.Admits(facts.ClientAddress))
            return DatagramOutcome.FirewallDenied;
        if (datagram.Length > cluster.MaxDatagram)
            return DatagramOutcome.TooLarge;
        if (!shard.Listener.TryEnter(endpoint))
            return shard.Listener.IsClosing ? DatagramOutcome.Closing : DatagramOutcome.SessionsFull;
        var session = new UdpSession(key, shard, endpoint, match, clock)
        {
            Responses = cluster.Config.Udp?.Responses,
            AffinityScope = cluster.Affinity == L4UdpAffinity.SourceIp ? cluster.State : null,
        };
        // What comes next is another flow where nothing comes back.
        var outcome = !session.Fits(datagram.Length) ? DatagramOutcome.TooLarge
            : session.IsOneWay || shard.Table.TryAdd(session, now) ? DatagramOutcome.Relayed
            : DatagramOutcome.SessionsFull;
        if (outcome != DatagramOutcome.Relayed)
        {
            shard.Listener.Leave(endpoint);
            return outcome;
        }
        if (session.IsOneWay)
            return SendAlone(session, datagram, now);
        Start(session, isHome: shard.Socket.IsHome);
        return session.EndReason == L4EndReason.None ? SendUp(session, datagram, now) : DatagramOutcome.NotSent;
    }

    private DatagramOutcome SendAlone(UdpSession session, ReadOnlySpan<byte> datagram, long now)
    {
        session.KeepUntilConnected();
        session.SendUp(datagram, now);
        Start(session, isHome: session.Shard.Socket.IsHome);
        return session.EndReason is L4EndReason.None or L4EndReason.Completed ? DatagramOutcome.Relayed : DatagramOutcome.NotSent;
    }

    /// <summary>Begins the walk: at home here and now, as a rule to where there is an upstream; elsewhere on a thread that may wait.</summary>
    private void Start(UdpSession session, bool isHome)
    {
        if (session.Route.UdpTimeouts!.MaxLifetime is not UdpTimeouts.Never and var lifetime)
            session.Deadline.StartLifetime(lifetime);
        if (!isHome)
        {
            session.KeepUntilConnected();
            ThreadPool.UnsafeQueueUserWorkItem(static item => _ = item.Proxy.RunAsync(item.Session), (Proxy: this, Session: session), preferLocal: false);
            return;
        }
        _ = RunAsync(session);
        if (session.Upstream is null)
            session.KeepUntilConnected();
    }

    private static ConnectionFacts FactsOf(in SessionKey key, EndpointModel endpoint, ReadOnlySpan<byte> datagram)
    {
        var needsAddresses = endpoint.Routes.NeedsAddresses || endpoint.Firewall != Firewall.Open;
        return new()
        {
            ClientAddress = needsAddresses ? key.Client.ToIPAddress() : null,
            LocalAddress = needsAddresses ? key.Local.ToIPAddress() : null,
            LocalPort = key.Local.Port,
            Preface = endpoint.Routes.Protocols.IsEmpty ? default : PrefaceInspector.Inspect(datagram, endpoint.Routes.Protocols),
        };
    }
}
