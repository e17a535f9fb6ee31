using L4Proxy.Limits;

namespace L4Proxy.Tcp;

/// <summary>
/// Station admit: what a connection takes of what there is a limit to, and whether its client may have it. The session is the lease: what it has taken
/// it gives back in <see cref="Leave"/>, whatever it ended by.
/// </summary>
internal sealed class Admission(DescriptorBudget budget, SessionSet sessions)
{
    /// <summary>Counts a connection in as it comes; <see cref="AcceptLoop"/> has waited for its room.</summary>
    public void Enter(TcpSession session)
    {
        budget.TakeConnection();
        sessions.Add(session);
    }

    /// <summary>Asks about the real client, who is known by now.</summary>
    /// <returns>None, or why the connection ends.</returns>
    public static L4EndReason Admit(TcpSession session, Firewall firewall, ConnectionLimit? limit) => firewall.Admits(session.ClientAddress)
        ? LimitLease.TryTake(ref session.Lease, limit, session.ClientAddress)
        : L4EndReason.FirewallDenied;

    /// <summary>Counts it out, once, and last of all: a stop waits for it.</summary>
    public void Leave(TcpSession session)
    {
        budget.ReleaseConnection();
        sessions.Remove(session);
    }
}
