namespace L4Proxy.Configuration;

/// <summary>
/// The whole <c>L4Proxy</c> section: what the proxy listens on, how it routes and where to. Every value is null when it is
/// not given, and then has the default that its documentation names.
/// </summary>
/// <remarks>Ids of endpoints, routes, clusters and destinations have 1 to 128 characters: ASCII letters, digits, <c>-</c>,
/// <c>_</c>, <c>.</c> and <c>@</c>, the first a letter or a digit. They are compared ordinally.</remarks>
public sealed record L4Config
{
    /// <summary>What moves the bytes. Changing it needs a restart.</summary>
    /// <value><c>Auto</c>, <c>Managed</c> or <c>Linux</c>. Default: <c>Auto</c>.</value>
    public L4TransportKind? Transport { get; init; }

    /// <summary>Reactor threads of the Linux transport, as nginx's <c>worker_processes</c>. Changing it needs a restart.</summary>
    /// <value>Threads, 0 to 1024. Default: 0, which is one per core.</value>
    public int? Reactors { get; init; }

    /// <summary>Connections proxied at once, over all endpoints, as HAProxy's global <c>maxconn</c>; beyond it clients wait in the kernel's backlog.</summary>
    /// <value>Connections, 0 to 10000000. Default: 0, which is (the limit of open files - 512) / 2, or a quarter of the limit if that is more. Never more than there are descriptors for: two each, beside listening sockets, flows, HTTP and a reserve.</value>
    public int? MaxConnections { get; init; }

    /// <summary>How long a shutdown lets connections finish before it aborts them. The host's own shutdown timeout is raised to this and 5 seconds.</summary>
    /// <value>Duration, 0 to 1 day; 0 aborts at once. Default: 25 seconds.</value>
    public TimeSpan? ShutdownTimeout { get; init; }

    /// <summary>The access log: one record per connection.</summary>
    public L4AccessLog? AccessLog { get; init; }

    /// <summary>How names of destinations are resolved.</summary>
    public L4Dns? Dns { get; init; }

    /// <summary>What is listened on, by id.</summary>
    public IReadOnlyDictionary<string, L4Endpoint>? Endpoints { get; init; }

    /// <summary>Which connection goes where, by id.</summary>
    public IReadOnlyDictionary<string, L4Route>? Routes { get; init; }

    /// <summary>Where connections go to, by id. One that no route names is allowed.</summary>
    public IReadOnlyDictionary<string, L4Cluster>? Clusters { get; init; }
}
