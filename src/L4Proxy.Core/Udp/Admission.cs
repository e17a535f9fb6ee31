using System.Net;
using L4Proxy.Diagnostics;
using L4Proxy.Limits;
using L4Proxy.Snapshot;

namespace L4Proxy.Udp;

/// <summary>
/// Station admit: whether a datagram may begin a flow, and what the flow takes of what there is a limit to. The session is the lease: what it has taken it
/// gives back in <see cref="Leave"/>, whatever it ended by.
/// </summary>
internal sealed class Admission(DescriptorBudget budget)
{
    /// <summary>Whether there is room, and the client, whose address is there where anything asks for it, may have it.</summary>
    /// <returns>Relayed where it goes on, or why it is dropped.</returns>
    public DatagramOutcome Admit(UdpListener listener, EndpointModel endpoint, in SessionKey key, out IPAddress? client)
    {
        client = null;
        // A flood over the limit costs a look at a counter, wherever it comes in.
        if (endpoint.Flows.Count >= endpoint.MaxSessions)
            return DatagramOutcome.SessionsFull;
        if (listener.IsClosing)
            return DatagramOutcome.Closing;
        if (!budget.HasRoomForFlow)
            return DatagramOutcome.DescriptorsFull;
        if (endpoint.Routes.Needs.Addresses || endpoint.Firewall != Firewall.Open)
            client = key.Client.ToIPAddress();
        return Admit(endpoint.Firewall, client);
    }

    /// <summary>Asks about the client.</summary>
    public static DatagramOutcome Admit(Firewall firewall, IPAddress? client) =>
        firewall.Admits(client) ? DatagramOutcome.Relayed : DatagramOutcome.FirewallDenied;

    /// <summary>Counts a flow in. From here on only its walk counts it out.</summary>
    public static DatagramOutcome Enter(UdpSession session, long now)
    {
        if (!session.Endpoint.Flows.TryEnter(session.Endpoint.MaxSessions))
            return DatagramOutcome.SessionsFull;
        var outcome = !session.Shard.Listener.Enter() ? DatagramOutcome.Closing
            : TakeLimits(session) is not L4EndReason.None and var reached ? OutcomeOf(reached)
            // What comes next is another flow where nothing comes back.
            : session.IsOneWay || session.Shard.Table.TryAdd(session, now) ? DatagramOutcome.Relayed
            : DatagramOutcome.SessionsFull;
        if (outcome != DatagramOutcome.Relayed)
            Leave(session);
        else if (!session.IsOneWay)
            session.JoinConnection();
        return outcome;
    }

    /// <summary>Counts it out, once, and last of all: a stop waits for it.</summary>
    public static void Leave(UdpSession session)
    {
        session.Lease?.Release();
        session.Endpoint.Flows.Leave();
        session.Shard.Listener.Leave();
    }

    private static L4EndReason TakeLimits(UdpSession session)
    {
        if (session.Endpoint.Limit is null && session.Route.Limit is null)
            return L4EndReason.None;
        var client = session.Key.Client.ToIPAddress();
        var reached = LimitLease.TryTake(ref session.Lease, session.Endpoint.Limit, client);
        return reached != L4EndReason.None ? reached : LimitLease.TryTake(ref session.Lease, session.Route.Limit, client);
    }

    private static DatagramOutcome OutcomeOf(L4EndReason reached) => reached switch
    {
        L4EndReason.ConnectionLimitReached => DatagramOutcome.ConnectionLimitReached,
        L4EndReason.ClientLimitReached => DatagramOutcome.ClientLimitReached,
        _ => DatagramOutcome.ConnectionRateReached,
    };
}
