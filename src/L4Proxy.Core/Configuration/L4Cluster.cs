namespace L4Proxy.Configuration;

/// <summary>Destinations that serve the same thing, and how connections are spread over them.</summary>
public sealed record L4Cluster
{
    /// <summary>The destinations, by id; at least one.</summary>
    public IReadOnlyDictionary<string, L4Destination>? Destinations { get; init; }

    /// <summary>How a destination is picked, as in YARP.</summary>
    /// <value><c>RoundRobin</c> (smooth weighted), <c>LeastConnections</c>, <c>Random</c>, <c>PowerOfTwoChoices</c>, <c>First</c> (by id),
    /// <c>Hash</c> (rendezvous), <c>Maglev</c> or the name of an <see cref="ILoadBalancingPolicy"/> of the application's, in any case. Default: <c>PowerOfTwoChoices</c>.</value>
    public string? LoadBalancingPolicy { get; init; }

    /// <summary>What <c>Hash</c> and <c>Maglev</c> hash.</summary>
    /// <value><c>SourceIp</c>, <c>SourceIpPort</c>, <c>Sni</c> or <c>MqttClientId</c>. Default: <c>SourceIp</c>.</value>
    public L4HashOn? HashOn { get; init; }

    /// <summary>How it is found out which destinations work.</summary>
    public L4HealthCheck? HealthCheck { get; init; }

    /// <summary>Timeouts of its connections; a route's own come first.</summary>
    public L4Timeouts? Timeouts { get; init; }

    /// <summary>How often dialling is tried.</summary>
    public L4Retry? Retry { get; init; }

    /// <summary>Lets connections wait while no destination can take them. Off unless given; an empty object turns it on.</summary>
    public L4Queue? Queue { get; init; }

    /// <summary>
    /// How long connections to a removed, replaced or disabled destination may go on before they are cut, busy or not. HAProxy and nginx do
    /// not cut them; for connections that live for hours say hours. If it comes back meanwhile, they go on.
    /// </summary>
    /// <value>Duration, 0 to 1 day; 0 cuts them at once. Default: 30 seconds.</value>
    public TimeSpan? DrainTimeout { get; init; }

    /// <summary>Time over which the weight of a new or recovered destination rises to its full value, as HAProxy's <c>slowstart</c>.</summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 0, which is off.</value>
    public TimeSpan? SlowStart { get; init; }

    /// <summary>The PROXY header that is written to destinations, before TLS. A text is short for its <see cref="L4ProxyProtocolOut.Version"/>.</summary>
    public L4ProxyProtocolOut? ProxyProtocol { get; init; }

    /// <summary>TLS to destinations. Off unless given; an empty object turns it on.</summary>
    public L4UpstreamTls? Tls { get; init; }

    /// <summary>HTTP to destinations, for routes whose mode is <see cref="L4RouteMode.L7"/>.</summary>
    public L4Http? Http { get; init; }

    /// <summary>UDP to destinations.</summary>
    public L4Udp? Udp { get; init; }

    /// <summary>The sockets to destinations.</summary>
    public L4Socket? Socket { get; init; }

    /// <summary>Texts for the application; L4Proxy does not read them.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
