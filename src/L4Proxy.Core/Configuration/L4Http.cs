namespace L4Proxy.Configuration;

/// <summary>HTTP to destinations of <see cref="L4RouteMode.L7"/> routes.</summary>
public sealed record L4Http
{
    /// <summary>What destinations speak; gRPC needs one of the last two.</summary>
    /// <value><c>http1</c>, <c>h2c</c> or <c>h2</c> (needs <see cref="L4Cluster.Tls"/>). Default: <c>http1</c>.</value>
    public L4HttpProtocol? Protocol { get; init; }

    /// <summary>How long a destination may take to answer; then the client gets 504.</summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 100 seconds.</value>
    public TimeSpan? Timeout { get; init; }
}
