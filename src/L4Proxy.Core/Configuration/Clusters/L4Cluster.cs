using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>Destinations that serve the same thing, and how connections are spread over them.</summary>
public sealed record L4Cluster
{
    /// <summary>The destinations, by id; at least one.</summary>
    public IReadOnlyDictionary<string, L4Destination>? Destinations { get; init; }

    /// <summary>How a destination is picked, as in YARP.</summary>
    /// <value><c>RoundRobin</c> (smooth weighted), <c>LeastConnections</c>, <c>Random</c>, <c>PowerOfTwoChoices</c>, <c>First</c> (by id),
    /// <c>Hash</c> (rendezvous), <c>Maglev</c> or the name of an <see cref="IL4LoadBalancingPolicy"/> of the application's, in any case. Default: <c>PowerOfTwoChoices</c>.</value>
    public string? LoadBalancingPolicy { get; init; }

    /// <summary>What <c>Hash</c> and <c>Maglev</c> hash; where a client does not say it, its address.</summary>
    /// <value><c>SourceIp</c>, <c>SourceIpPort</c>, <c>Sni</c> or <c>MqttClientId</c>. Default: <c>SourceIp</c>.</value>
    public L4HashOn? HashOn { get; init; }

    /// <summary>
    /// How much more than its part of the connections that there are a hash may give a destination before it takes another, as HAProxy's
    /// <c>hash-balance-factor</c>. It bounds what one key asked for by many does, and keeps no client with its destination at all cost.
    /// </summary>
    /// <value>Percent of its part, 0 to 65535; 0 is off, and 1 to 100 are none. Default: 0.</value>
    public int? HashBalanceFactor { get; init; }

    /// <summary>How it is found out which destinations work.</summary>
    public L4HealthCheck? HealthCheck { get; init; }

    /// <summary>Timeouts of its connections; a route's own come first.</summary>
    public L4Timeouts? Timeouts { get; init; }

    /// <summary>How often dialling is tried.</summary>
    public L4Retry? Retry { get; init; }

    /// <summary>
    /// Lets TCP connections wait while no destination is available, all are full, or every attempt at one has failed. Off unless given; an empty object turns it on.
    /// </summary>
    public L4Queue? Queue { get; init; }

    /// <summary>
    /// How long connections to a removed, replaced or disabled destination may go on before they are cut, busy or not. HAProxy and nginx do
    /// not cut them; for connections that live for hours say hours. What is said when the destination goes counts, and not what was said when they began. If it comes back meanwhile, they go on.
    /// </summary>
    /// <value>Duration, 0 to 1 day; 0 cuts them at once. Default: 30 seconds.</value>
    public TimeSpan? DrainTimeout { get; init; }

    /// <summary>
    /// Time over which the weight of a destination rises to its full value that joins others or is back after it refused, as HAProxy's <c>slowstart</c>. Of the policies
    /// <c>First</c>, <c>Maglev</c> and the application's go by no weight that rises.
    /// </summary>
    /// <value>Duration, 1 millisecond to 1 day; 0 is off. Default: 0.</value>
    public TimeSpan? SlowStart { get; init; }

    /// <summary>The PROXY header that is written to destinations, before TLS. A text is short for its <see cref="L4ProxyProtocolOut.Version"/>.</summary>
    public L4ProxyProtocolOut? ProxyProtocol { get; init; }

    /// <summary>TLS to destinations. Off unless given; an empty object turns it on.</summary>
    public L4UpstreamTls? Tls { get; init; }

    /// <summary>HTTP to destinations, for routes whose mode is <see cref="L4RouteMode.L7"/>.</summary>
    public L4Http? Http { get; init; }

    /// <summary>UDP to destinations.</summary>
    public L4Udp? Udp { get; init; }

    /// <summary>How names of its destinations are resolved, where that is another way than the section's; what is not given here is the section's.</summary>
    public L4Dns? Dns { get; init; }

    /// <summary>The sockets to destinations.</summary>
    public L4Socket? Socket { get; init; }

    /// <summary>Texts for the application; L4Proxy does not read them.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Cluster());

        public static readonly Key<L4Cluster, IReadOnlyDictionary<string, L4Destination>> Destinations = new(Shape, new MapShape<L4Destination>(L4Destination.Keys.Shape),
            r => r.Destinations, (r, v) => r with { Destinations = v });
        public static readonly DefaultedKey<L4Cluster, string> LoadBalancingPolicy = new(Shape, AnyText, "PowerOfTwoChoices",
            r => r.LoadBalancingPolicy, (r, v) => r with { LoadBalancingPolicy = v })
            { Note = "`RoundRobin` (smooth weighted), `LeastConnections`, `Random`, `PowerOfTwoChoices`, `First` (by id), `Hash` (rendezvous), `Maglev` or the name of an `IL4LoadBalancingPolicy` of the application's, in any case" };
        public static readonly DefaultedKey<L4Cluster, L4HashOn> HashOn = new(Shape, new NameShape<L4HashOn>(), L4HashOn.SourceIp,
            r => r.HashOn, (r, v) => r with { HashOn = v });
        public static readonly DefaultedKey<L4Cluster, int> HashBalanceFactor = new(Shape, Whole(0, 65535), 0,
            r => r.HashBalanceFactor, (r, v) => r with { HashBalanceFactor = v }) { Unit = "Percent of its part", Note = "0 is off, and 1 to 100 are none" };
        public static readonly Key<L4Cluster, L4HealthCheck> HealthCheck = new(Shape, L4HealthCheck.Keys.Shape, r => r.HealthCheck, (r, v) => r with { HealthCheck = v });
        public static readonly Key<L4Cluster, L4Timeouts> Timeouts = new(Shape, L4Timeouts.Keys.Shape, r => r.Timeouts, (r, v) => r with { Timeouts = v });
        public static readonly Key<L4Cluster, L4Retry> Retry = new(Shape, L4Retry.Keys.Shape, r => r.Retry, (r, v) => r with { Retry = v });
        public static readonly Key<L4Cluster, L4Queue> Queue = new(Shape, L4Queue.Keys.Shape, r => r.Queue, (r, v) => r with { Queue = v });
        public static readonly DefaultedKey<L4Cluster, TimeSpan> DrainTimeout = new(Shape, Duration("00:00:00", "1.00:00:00"), TimeSpan.FromSeconds(30),
            r => r.DrainTimeout, (r, v) => r with { DrainTimeout = v }) { Note = "0 cuts them at once" };
        public static readonly DefaultedKey<L4Cluster, TimeSpan> SlowStart = new(Shape, DurationOrOff("00:00:00.001", "1.00:00:00"), TimeSpan.Zero,
            r => r.SlowStart, (r, v) => r with { SlowStart = v });
        public static readonly Key<L4Cluster, L4ProxyProtocolOut> ProxyProtocol = new(Shape, L4ProxyProtocolOut.Keys.Shape,
            r => r.ProxyProtocol, (r, v) => r with { ProxyProtocol = v });
        public static readonly Key<L4Cluster, L4UpstreamTls> Tls = new(Shape, L4UpstreamTls.Keys.Shape, r => r.Tls, (r, v) => r with { Tls = v });
        public static readonly Key<L4Cluster, L4Http> Http = new(Shape, L4Http.Keys.Shape, r => r.Http, (r, v) => r with { Http = v });
        public static readonly Key<L4Cluster, L4Udp> Udp = new(Shape, L4Udp.Keys.Shape, r => r.Udp, (r, v) => r with { Udp = v });
        public static readonly Key<L4Cluster, L4Dns> Dns = new(Shape, L4Dns.Keys.Shape, r => r.Dns, (r, v) => r with { Dns = v });
        public static readonly Key<L4Cluster, L4Socket> Socket = new(Shape, L4Socket.Keys.Shape, r => r.Socket, (r, v) => r with { Socket = v });
        public static readonly Key<L4Cluster, IReadOnlyDictionary<string, string>> Metadata = new(Shape, TextMap, r => r.Metadata, (r, v) => r with { Metadata = v });
    }
}
