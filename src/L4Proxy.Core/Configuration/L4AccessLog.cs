namespace L4Proxy.Configuration;

/// <summary>The access log: one record per connection, written when it ends.</summary>
public sealed record L4AccessLog
{
    /// <summary>Whether records are written.</summary>
    /// <value>Default: true.</value>
    public bool? Enabled { get; init; }

    /// <summary>Whether connections on which no byte moved are left out, as with HAProxy's <c>dontlognull</c>: health checks that connect and close.</summary>
    /// <value>Default: false.</value>
    public bool? SkipEmpty { get; init; }

    /// <summary>The share of connections that are recorded.</summary>
    /// <value>0 (none) to 1 (all). Default: 1.</value>
    public double? Sampling { get; init; }

    /// <summary>Records written in a second at the most; the rest are counted and dropped.</summary>
    /// <value>Records per second, 1 to 1000000. Default: 1000.</value>
    public int? MaxPerSecond { get; init; }
}
