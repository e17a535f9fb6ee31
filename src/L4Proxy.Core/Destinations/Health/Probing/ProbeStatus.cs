namespace L4Proxy.Destinations.Health.Probing;

/// <summary>What a probe says of its destination.</summary>
internal enum ProbeStatus
{
    /// <summary>Nothing: this process had no descriptor or no local port for it, its agent was silent, or it was called off.</summary>
    Unknown,

    /// <summary>It works.</summary>
    Succeeded,

    /// <summary>It does not.</summary>
    Failed,
}
