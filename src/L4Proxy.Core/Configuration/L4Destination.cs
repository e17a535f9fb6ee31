namespace L4Proxy.Configuration;

/// <summary>One destination of a cluster.</summary>
public sealed record L4Destination
{
    /// <summary><c>host:port</c>, <c>[v6]:port</c>, <c>unix:/path</c>, <c>srv:name</c>; host labels may be <c>{capture}</c>, the port <c>{port+N}</c> or <c>{port-N}</c>.</summary>
    public string? Address { get; init; }

    /// <summary>Null: 1.</summary>
    public int? Weight { get; init; }

    /// <summary>Connections at once. Null: no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Used only when no other is available. Null: false.</summary>
    public bool? Backup { get; init; }

    /// <summary>Null: true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Where it is probed instead.</summary>
    public string? HealthAddress { get; init; }
}
