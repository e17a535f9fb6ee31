using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// Limits on connections and UDP flows, counted by the real client's address. Whoever comes beyond one is reset at once, or its datagram dropped; what is there already goes on,
/// also where a reload lowers a limit. HTTP of a shared endpoint is counted until Kestrel has it.
/// </summary>
public sealed record L4Limits
{
    /// <summary>Connections and UDP flows at once.</summary>
    /// <value>Connections, 1 to 10000000. Default: no limit.</value>
    public int? MaxConnections { get; init; }

    /// <summary>Connections and UDP flows at once of one client: an IPv4 address, or a /64 of IPv6.</summary>
    /// <value>Connections, 1 to 10000000. Default: no limit.</value>
    public int? MaxConnectionsPerClient { get; init; }

    /// <summary>How many connections and UDP flows may begin in a while.</summary>
    /// <value>Default: no limit.</value>
    public L4ConnectionRate? ConnectionRate { get; init; }

    /// <summary>UDP flows at once.</summary>
    /// <value>Flows, 1 to 10000000. Default: 16384, or a quarter of the limit of open files if that is less. Over all endpoints never more than there are descriptors for.</value>
    public int? MaxSessions { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Limits());

        public static readonly Key<L4Limits, int> MaxConnections = new(Shape, Count, r => r.MaxConnections, (r, v) => r with { MaxConnections = v })
            { Unit = "Connections", Otherwise = "no limit" };
        public static readonly Key<L4Limits, int> MaxConnectionsPerClient = new(Shape, Count, r => r.MaxConnectionsPerClient, (r, v) => r with { MaxConnectionsPerClient = v })
            { Unit = "Connections", Otherwise = "no limit" };
        public static readonly Key<L4Limits, L4ConnectionRate> ConnectionRate = new(Shape, L4ConnectionRate.Keys.Shape,
            r => r.ConnectionRate, (r, v) => r with { ConnectionRate = v }) { Otherwise = "no limit" };
        public static readonly Key<L4Limits, int> MaxSessions = new(Shape, Count, r => r.MaxSessions, (r, v) => r with { MaxSessions = v })
            { Unit = "Flows", Otherwise = "16384, or a quarter of the limit of open files if that is less. Over all endpoints never more than there are descriptors for" };
    }
}
