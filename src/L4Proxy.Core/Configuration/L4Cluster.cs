namespace L4Proxy.Configuration;

/// <summary>Where connections go to.</summary>
public sealed record L4Cluster
{
    /// <summary>By id.</summary>
    public IReadOnlyDictionary<string, L4Destination>? Destinations { get; init; }

    /// <summary>Null: <c>PowerOfTwoChoices</c>.</summary>
    public string? LoadBalancingPolicy { get; init; }

    /// <summary>What <c>Hash</c> and <c>Maglev</c> hash. Null: <see cref="L4HashOn.SourceIp"/>.</summary>
    public L4HashOn? HashOn { get; init; }

    /// <summary>How destinations are watched.</summary>
    public L4HealthCheck? HealthCheck { get; init; }

    /// <summary>Timeouts of its connections.</summary>
    public L4Timeouts? Timeouts { get; init; }

    /// <summary>How often dialling is tried.</summary>
    public L4Retry? Retry { get; init; }

    /// <summary>Whether connections wait for a destination.</summary>
    public L4Queue? Queue { get; init; }

    /// <summary>How long connections to a removed destination go on. Null: 30 seconds.</summary>
    public TimeSpan? DrainTimeout { get; init; }

    /// <summary>How long a new destination's weight ramps up.</summary>
    public TimeSpan? SlowStart { get; init; }

    /// <summary>Whether a PROXY header is written to destinations.</summary>
    public L4ProxyProtocolOut? ProxyProtocol { get; init; }

    /// <summary>TLS to destinations.</summary>
    public L4UpstreamTls? Tls { get; init; }

    /// <summary>HTTP to destinations of <see cref="L4RouteMode.L7"/> routes.</summary>
    public L4Http? Http { get; init; }

    /// <summary>UDP settings.</summary>
    public L4Udp? Udp { get; init; }

    /// <summary>Sockets to destinations.</summary>
    public L4Socket? Socket { get; init; }

    /// <summary>Free text for the application.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
