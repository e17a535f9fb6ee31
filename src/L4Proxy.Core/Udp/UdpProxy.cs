using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Routing;
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
    Connector connector, Relay relay, ConnectionRecorder recorder, ProxyMetrics metrics, CoarseClock clock, ILogger<UdpProxy> log)
{
    /// <summary>Takes one datagram of a client's: on its flow's way up, or the start of a flow. Never waits, never throws.</summary>
    public void Receive(UdpListener listener, ReadOnlySpan<byte> datagram, in DatagramInfo info)
    {
        var endpoint = listener.Endpoint;
        var key = new SessionKey(info.Client, info.Local);
        var outcome = info.Truncated
            ? DatagramOutcome.TooLarge
            : listener.Table.Find(key, clock.Now, out var session) switch
            {
                SessionLookup.Found => SendUp(session!, datagram),
                SessionLookup.Full => DatagramOutcome.SessionsFull,
                _ => Begin(listener, endpoint, key, datagram),
            };
        metrics.Datagram(endpoint, up: true, outcome);
    }

    /// <summary>Walks; returns when nothing of the flow is left here. Never throws.</summary>
    public async Task RunAsync(UdpSession session)
    {
        recorder.Started(session);
        try
        {
            // :: 6 pick, connect
            if (await connector.ConnectAsync(session) is not L4EndReason.None and var failure)
            {
                session.TryEnd(failure);
                return;
            }
            // :: 7 relay
            await relay.RunAsync(session);
        }
        catch (Exception e)
        {
            log.InternalError(e, session.Id);
            session.TryEnd(L4EndReason.InternalError);
        }
        finally
        {
            // :: 8 close
            Teardown.Close(session);
            // :: 9 record
            recorder.Ended(session);
        }
    }

    private static DatagramOutcome SendUp(UdpSession session, ReadOnlySpan<byte> datagram)
    {
        if (datagram.Length > session.Cluster.MaxDatagram)
            return DatagramOutcome.TooLarge;
        var status = session.SendUp(datagram);
        if (status is DatagramStatus.Refused)
            Teardown.End(session, L4EndReason.UpstreamRefused);
        return Relay.OutcomeOf(status);
    }

    private DatagramOutcome Begin(UdpListener listener, EndpointModel endpoint, in SessionKey key, ReadOnlySpan<byte> datagram)
    {
        var facts = FactsOf(key);
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
        if (!listener.TryEnter(endpoint))
            return listener.IsClosing ? DatagramOutcome.Closing : DatagramOutcome.SessionsFull;
        var session = new UdpSession(key, listener, endpoint, match, clock)
        {
            Responses = cluster.Config.Udp?.Responses,
            AffinityScope = cluster.Config.Udp?.Affinity == L4UdpAffinity.SourceIp ? cluster.State : null,
        };
        var outcome = Relay.OutcomeOf(session.SendUp(datagram));
        if (outcome == DatagramOutcome.Relayed && !listener.Table.TryAdd(session, clock.Now))
            outcome = DatagramOutcome.SessionsFull;
        if (outcome != DatagramOutcome.Relayed)
        {
            session.Release();
            listener.Leave(endpoint);
            return outcome;
        }
        session.Deadline.StartLifetime(session.Route.UdpTimeouts!.MaxLifetime);
        ThreadPool.UnsafeQueueUserWorkItem(static item => _ = item.Proxy.RunAsync(item.Session), (Proxy: this, Session: session), preferLocal: false);
        return DatagramOutcome.Relayed;
    }

    private static ConnectionFacts FactsOf(in SessionKey key) => new()
    {
        ClientAddress = key.Client.ToIPEndPoint().Address,
        LocalAddress = key.Local.ToIPEndPoint().Address,
        LocalPort = key.Local.Port,
    };
}
