namespace L4Proxy.Providers.Docker;

/// <summary>What a container's health check says.</summary>
internal enum DockerHealth
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Nothing yet.</summary>
    Starting,

    /// <summary>It serves.</summary>
    Healthy,

    /// <summary>It does not.</summary>
    Unhealthy,
}
