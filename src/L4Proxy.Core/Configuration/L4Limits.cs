namespace L4Proxy.Configuration;

/// <summary>Limits on connections.</summary>
public sealed record L4Limits
{
    /// <summary>Connections at once.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Connections at once from one address.</summary>
    public int? MaxConnectionsPerClient { get; init; }

    /// <summary>How many connections may come in a while.</summary>
    public L4ConnectionRate? ConnectionRate { get; init; }

    /// <summary>UDP flows at once.</summary>
    public int? MaxSessions { get; init; }
}
