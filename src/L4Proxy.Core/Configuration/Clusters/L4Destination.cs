using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>One destination of a cluster.</summary>
public sealed record L4Destination
{
    /// <summary>
    /// Where it is: <c>host:port</c>, <c>[v6]:port</c>, <c>unix:/path</c>, <c>srv:_service._tcp.name</c> (SRV records) or <c>service:_endpoint.name</c>
    /// (what the application's <c>AddServiceDiscovery()</c> knows of). Whole labels of the host
    /// may be <c>{capture}</c> of the route's <see cref="L4Match.Sni"/>; the port may be <c>{port}</c>, <c>{port+N}</c> or
    /// <c>{port-N}</c> of the port that was connected to. Must be given.
    /// </summary>
    public string? Address { get; init; }

    /// <summary>Its share of the connections compared with the other destinations.</summary>
    /// <value>0 to 1000; 0 takes no new connections. Default: 1.</value>
    public int? Weight { get; init; }

    /// <summary>Connections and UDP flows to it at once, as HAProxy's server <c>maxconn</c>. While it has as many, the others are picked, backups too.</summary>
    /// <value>Connections, 1 to 10000000. Default: no limit.</value>
    public int? MaxConnections { get; init; }

    /// <summary>Whether it is used only when no other destination is available, as nginx's <c>backup</c>: all of them refuse, or are full.</summary>
    /// <value>Default: false.</value>
    public bool? Backup { get; init; }

    /// <summary>Whether it is used at all; false drains it as if it was removed.</summary>
    /// <value>Default: true.</value>
    public bool? Enabled { get; init; }

    /// <summary>
    /// Where it is probed: <c>host:port</c>, <c>[v6]:port</c> or <c>unix:/path</c>. No PROXY header is written there, and TLS is spoken only by probes of type
    /// <see cref="L4HealthCheckType.Tls"/>: as HAProxy's <c>check port</c> and <c>check addr</c>.
    /// </summary>
    /// <value>Default: <see cref="Address"/>.</value>
    public string? HealthAddress { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Destination());

        public static readonly Key<L4Destination, string> Address = new(Shape, AnyText, r => r.Address, (r, v) => r with { Address = v });
        public static readonly DefaultedKey<L4Destination, int> Weight = new(Shape, Whole(0, 1000), 1, r => r.Weight, (r, v) => r with { Weight = v })
            { Note = "0 takes no new connections" };
        public static readonly Key<L4Destination, int> MaxConnections = new(Shape, Count, r => r.MaxConnections, (r, v) => r with { MaxConnections = v })
            { Unit = "Connections", Otherwise = "no limit" };
        public static readonly DefaultedKey<L4Destination, bool> Backup = new(Shape, TrueOrFalse, false, r => r.Backup, (r, v) => r with { Backup = v });
        public static readonly DefaultedKey<L4Destination, bool> Enabled = new(Shape, TrueOrFalse, true, r => r.Enabled, (r, v) => r with { Enabled = v });
        public static readonly Key<L4Destination, string> HealthAddress = new(Shape, AnyText, r => r.HealthAddress, (r, v) => r with { HealthAddress = v })
            { Otherwise = "`Address`" };
    }
}
