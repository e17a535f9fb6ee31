namespace L4Proxy.Configuration;

/// <summary>Limits on connections, counted by the real client's address.</summary>
public sealed record L4Limits
{
    /// <summary>Connections at once.</summary>
    /// <value>Connections, 1 to 10000000. Default: no limit.</value>
    public int? MaxConnections { get; init; }

    /// <summary>Connections at once from one address.</summary>
    /// <value>Connections, 1 to 10000000. Default: no limit.</value>
    public int? MaxConnectionsPerClient { get; init; }

    /// <summary>How many connections may come in a while.</summary>
    /// <value>Default: no limit.</value>
    public L4ConnectionRate? ConnectionRate { get; init; }

    /// <summary>UDP flows at once.</summary>
    /// <value>Flows, 1 to 10000000. Default: 16384, or a quarter of the limit of open files if that is less. Over all endpoints never more than there are descriptors for.</value>
    public int? MaxSessions { get; init; }
}
