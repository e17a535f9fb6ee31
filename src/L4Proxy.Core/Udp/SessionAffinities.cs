using System.Runtime.InteropServices;
using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>
/// What flows of one client address share, for all tables of a listener: its ports may fall to different shards. Safe from
/// any thread, by one lock that nothing is called under.
/// </summary>
internal sealed class SessionAffinities
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(object Scope, DatagramAddress Host), SessionAffinity> _affinities = [];

    /// <summary>Counts a flow in.</summary>
    /// <returns>What it shares with the others.</returns>
    public SessionAffinity Join(object scope, in DatagramAddress host)
    {
        lock (_lock)
        {
            var affinity = CollectionsMarshal.GetValueRefOrAddDefault(_affinities, (scope, host), out _) ??= new(scope, host);
            affinity.Sessions++;
            return affinity;
        }
    }

    /// <summary>Counts a flow out.</summary>
    public void Leave(SessionAffinity affinity)
    {
        lock (_lock)
        {
            if (--affinity.Sessions == 0)
                _affinities.Remove((affinity.Scope, affinity.Host));
        }
    }
}
