namespace L4Proxy.Configuration;

/// <summary>The whole <c>L4Proxy</c> section: what the proxy listens on, how it routes and where to.</summary>
public sealed record L4Config
{
    /// <summary>What moves the bytes. Null: <see cref="L4TransportKind.Auto"/>.</summary>
    public L4TransportKind? Transport { get; init; }

    /// <summary>Reactor threads of the Linux transport. Null or 0: one per core.</summary>
    public int? Reactors { get; init; }

    /// <summary>Connections proxied at once; beyond it clients wait in the backlog. Null or 0: (nofile - 512) / 2.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>How long a shutdown lets connections finish before it aborts them. Null: 25 seconds.</summary>
    public TimeSpan? ShutdownTimeout { get; init; }

    /// <summary>The access log: one record per connection.</summary>
    public L4AccessLog? AccessLog { get; init; }

    /// <summary>How names of destinations are resolved.</summary>
    public L4Dns? Dns { get; init; }

    /// <summary>What is listened on, by id.</summary>
    public IReadOnlyDictionary<string, L4Endpoint>? Endpoints { get; init; }

    /// <summary>Which connection goes where, by id.</summary>
    public IReadOnlyDictionary<string, L4Route>? Routes { get; init; }

    /// <summary>Where connections go to, by id.</summary>
    public IReadOnlyDictionary<string, L4Cluster>? Clusters { get; init; }
}
