using L4Proxy.Configuration;

namespace L4Proxy.Destinations.Health.Probing;

/// <summary>The probes that there are, by type.</summary>
internal static class Probes
{
    private static readonly Dictionary<L4HealthCheckType, IProbe> s_all = new()
    {
        [L4HealthCheckType.Tcp] = new StreamProbe(),
        [L4HealthCheckType.Tls] = new StreamProbe(),
        [L4HealthCheckType.Http] = new HttpProbe(),
        [L4HealthCheckType.Udp] = new UdpProbe(),
        [L4HealthCheckType.Agent] = new AgentProbe(),
    };

    /// <summary>That of a type.</summary>
    public static IProbe Of(L4HealthCheckType type) => s_all[type];
}
