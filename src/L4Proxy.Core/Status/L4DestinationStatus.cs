namespace L4Proxy;

/// <summary>How one destination is.</summary>
public sealed record L4DestinationStatus
{
    /// <summary>Its cluster's id.</summary>
    public required string ClusterId { get; init; }

    /// <summary>Its id in the cluster.</summary>
    public required string DestinationId { get; init; }

    /// <summary>Its <c>Address</c> as configured.</summary>
    public required string Address { get; init; }

    /// <summary>How it is.</summary>
    public required L4DestinationHealth Health { get; init; }

    /// <summary>For how long other destinations come first from now on, where it refuses or is ejected; null where they do not.</summary>
    /// <value>More than 0.</value>
    public TimeSpan? AvoidedFor { get; init; }

    /// <summary>Why it failed last; null where it did not, or has answered since.</summary>
    public L4EndReason? LastFailure { get; init; }

    /// <summary>Why its probes find it down, or what its agent says of that; null where it is not down, or nothing was said.</summary>
    public string? DownReason { get; init; }

    /// <summary>When its last probe ended; null where there was none.</summary>
    public DateTimeOffset? ProbedAt { get; init; }

    /// <summary>How long that probe took.</summary>
    public TimeSpan? ProbeDuration { get; init; }

    /// <summary>What that probe failed by, on one line; null where it succeeded.</summary>
    public string? ProbeFailure { get; init; }

    /// <summary>The part of its weight that its agent leaves it.</summary>
    /// <value>Percent, 0 to 256; 100 where there is no agent.</value>
    public int WeightPercent { get; init; } = 100;

    /// <summary>Connections and UDP flows to it, those being dialled included.</summary>
    public required int ActiveConnections { get; init; }

    /// <summary>Where its <c>Address</c> depends on the connection: the addresses that failed and have not answered since, at most 1024 of its cluster's; else none.</summary>
    public IReadOnlyList<L4AddressStatus> FailingAddresses { get; init; } = [];
}
