namespace L4Proxy.Configuration;

/// <summary>A rate of new connections: a token bucket of <see cref="Burst"/> that <see cref="Permits"/> fill again in each <see cref="Window"/>.</summary>
public sealed record L4ConnectionRate
{
    /// <summary>Connections that may come in each window.</summary>
    /// <value>Connections, 1 to 10000000. Must be given.</value>
    public int? Permits { get; init; }

    /// <summary>The window.</summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 1 second.</value>
    public TimeSpan? Window { get; init; }

    /// <summary>Connections that may come at once.</summary>
    /// <value>Connections, 1 to 10000000. Default: as many as <see cref="Permits"/>.</value>
    public int? Burst { get; init; }

    /// <summary>Whether each client address has a bucket of its own; otherwise all share one.</summary>
    /// <value>Default: false.</value>
    public bool? PerClient { get; init; }
}
