namespace L4Proxy.Destinations.Health;

/// <summary>What probes, or an agent, say of a destination.</summary>
internal enum ProbedStatus
{
    /// <summary>It works, as far as is known.</summary>
    Up,

    /// <summary>It keeps what it has and gets no more: its agent says so, or that it has no weight.</summary>
    Draining,

    /// <summary>It is being worked on, as its agent says.</summary>
    Maintenance,

    /// <summary>It does not work.</summary>
    Down,
}
