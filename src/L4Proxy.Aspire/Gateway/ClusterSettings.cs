using Aspire.Hosting;

namespace L4Proxy.Aspire.Gateway;

/// <summary>What <see cref="L4RouteOptions"/> say of a cluster, as keys of the configuration.</summary>
internal static class ClusterSettings
{
    /// <summary>The keys that are said, below the cluster.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(L4RouteOptions options) => new SettingList()
        .Add("LoadBalancingPolicy", options.LoadBalancingPolicy)
        .Add("HashOn", options.HashOn)
        .Add("ProxyProtocol:Version", options.ProxyProtocol)
        .Add("Timeouts:Connect", options.ConnectTimeout)
        .Add("Timeouts:Idle", options.IdleTimeout)
        .Add("HealthCheck:Active:Enabled", options.HealthCheckInterval is null ? null : true)
        .Add("HealthCheck:Active:Interval", options.HealthCheckInterval)
        .Add("HealthCheck:Active:Type", options.HealthCheckType)
        .Add("Retry:MaxAttempts", options.MaxAttempts)
        .Add("Queue:Timeout", options.QueueTimeout)
        .Add("DrainTimeout", options.DrainTimeout)
        .Add("Tls:SkipVerify", options.UpstreamSkipVerify ?? (options.UpstreamTls == true ? false : null))
        .Add("Tls:ServerName", options.UpstreamServerName)
        .Add("Udp:Responses", options.UdpResponses);
}
