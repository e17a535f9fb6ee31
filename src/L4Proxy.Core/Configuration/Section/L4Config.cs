using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

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

    /// <summary>What destinations of HTTP routes are told of the client.</summary>
    public L4ForwardedHeaders? ForwardedHeaders { get; init; }

    /// <summary>What is listened on, by id.</summary>
    public IReadOnlyDictionary<string, L4Endpoint>? Endpoints { get; init; }

    /// <summary>Which connection goes where, by id.</summary>
    public IReadOnlyDictionary<string, L4Route>? Routes { get; init; }

    /// <summary>Where connections go to, by id. One that no route names is allowed.</summary>
    public IReadOnlyDictionary<string, L4Cluster>? Clusters { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Config());

        public static readonly DefaultedKey<L4Config, L4TransportKind> Transport = new(Shape, new NameShape<L4TransportKind>(), L4TransportKind.Auto,
            r => r.Transport, (r, v) => r with { Transport = v });
        public static readonly DefaultedKey<L4Config, int> Reactors = new(Shape, Whole(0, 1024), 0, r => r.Reactors, (r, v) => r with { Reactors = v })
            { Unit = "Threads", Otherwise = ", which is one per core" };
        public static readonly DefaultedKey<L4Config, int> MaxConnections = new(Shape, Whole(0, 10_000_000), 0, r => r.MaxConnections, (r, v) => r with { MaxConnections = v })
            { Unit = "Connections", Otherwise = ", which is (the limit of open files - 512) / 2, or a quarter of the limit if that is more. Never more than there are descriptors for: two each, beside listening sockets, flows, HTTP and a reserve" };
        public static readonly DefaultedKey<L4Config, TimeSpan> ShutdownTimeout = new(Shape, Duration("00:00:00", "1.00:00:00"), TimeSpan.FromSeconds(25),
            r => r.ShutdownTimeout, (r, v) => r with { ShutdownTimeout = v }) { Note = "0 aborts at once" };
        public static readonly Key<L4Config, L4AccessLog> AccessLog = new(Shape, L4AccessLog.Keys.Shape, r => r.AccessLog, (r, v) => r with { AccessLog = v });
        public static readonly Key<L4Config, L4Dns> Dns = new(Shape, L4Dns.Keys.Shape, r => r.Dns, (r, v) => r with { Dns = v });
        public static readonly Key<L4Config, L4ForwardedHeaders> ForwardedHeaders = new(Shape, L4ForwardedHeaders.Keys.Shape, r => r.ForwardedHeaders, (r, v) => r with { ForwardedHeaders = v });
        public static readonly Key<L4Config, IReadOnlyDictionary<string, L4Endpoint>> Endpoints = new(Shape, new MapShape<L4Endpoint>(L4Endpoint.Keys.Shape),
            r => r.Endpoints, (r, v) => r with { Endpoints = v });
        public static readonly Key<L4Config, IReadOnlyDictionary<string, L4Route>> Routes = new(Shape, new MapShape<L4Route>(L4Route.Keys.Shape),
            r => r.Routes, (r, v) => r with { Routes = v });
        public static readonly Key<L4Config, IReadOnlyDictionary<string, L4Cluster>> Clusters = new(Shape, new MapShape<L4Cluster>(L4Cluster.Keys.Shape),
            r => r.Clusters, (r, v) => r with { Clusters = v });
    }
}
