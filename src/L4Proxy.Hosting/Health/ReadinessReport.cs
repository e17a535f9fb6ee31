using L4Proxy.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace L4Proxy.Health;

/// <summary>Whether the proxy is to get connections, and what is wrong with it.</summary>
/// <param name="Status">Unhealthy: it cannot serve. Degraded: it serves, and not all is well.</param>
/// <param name="Text">What that is by, for people.</param>
internal sealed record ReadinessReport(HealthStatus Status, string Text)
{
    /// <summary>The endpoints that do not listen.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Why the newest configuration is not the one in force.</summary>
    public IReadOnlyList<L4ConfigError> Errors { get; init; } = [];

    /// <summary>Why the store cannot be reached; null while it can.</summary>
    public string? Store { get; init; }

    /// <summary>The clusters that routes lead to and that have no destination that is known to work.</summary>
    public IReadOnlyList<string> Clusters { get; init; } = [];

    /// <summary>Whether it is to get connections. With a configuration that was refused it is: one bad file for a whole fleet must not end all of it.</summary>
    public bool IsReady => Status != HealthStatus.Unhealthy;
}
