namespace Aspire.Hosting;

/// <summary>
/// What a route of the gateway says beyond its endpoint and its targets. What is null is not written, and the gateway's default
/// holds. Keys that have no property here are written by <see cref="RouteSettings"/>, <see cref="ClusterSettings"/> and
/// <see cref="EndpointSettings"/>: everything that the section <c>L4Proxy</c> knows can be said.
/// </summary>
[AspireDto]
public sealed record L4RouteOptions
{
    /// <summary>The id of the route and of its cluster, in logs and metrics. Default: the endpoint's name, and with a host <c>endpoint-host</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The port that clients connect to, where it is no argument of the verb. Default: a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Whether a publisher opens the endpoint to the world: <c>IsExternal</c> of Aspire's endpoints. Default: as it is, and false of one that is made.</summary>
    public bool? IsExternal { get; init; }

    /// <summary>Of routes that match, that of the lowest order wins. Default: 0 (<c>Order</c>).</summary>
    public int? Order { get; init; }

    /// <summary>Only clients of these addresses: <c>10.0.0.0/8</c>, <c>2001:db8::1</c>. Default: all (<c>Match:ClientAddresses</c>).</summary>
    public IReadOnlyList<string>? ClientAddresses { get; init; }

    /// <summary>Only connections whose client speaks one of these: <c>tls</c>, <c>mqtt</c>, <c>ssh</c>, … Default: all (<c>Match:Protocols</c>).</summary>
    public IReadOnlyList<string>? Protocols { get; init; }

    /// <summary>Only TLS whose client offers one of these: <c>h2</c>. Default: all (<c>Match:Alpn</c>).</summary>
    public IReadOnlyList<string>? Alpn { get; init; }

    /// <summary>At most so many connections or flows at a time. Default: as many as the gateway can (<c>Limits:MaxConnections</c>).</summary>
    public int? MaxConnections { get; init; }

    /// <summary>What a client's connection may send, in bytes a second. Default: all (<c>Throttle:UploadBytesPerSecond</c>).</summary>
    public long? UploadBytesPerSecond { get; init; }

    /// <summary>What a client's connection may receive, in bytes a second. Default: all (<c>Throttle:DownloadBytesPerSecond</c>).</summary>
    public long? DownloadBytesPerSecond { get; init; }

    /// <summary>
    /// How a target is chosen: <c>PowerOfTwoChoices</c> (the default), <c>RoundRobin</c>, <c>LeastConnections</c>, <c>Random</c>,
    /// <c>First</c>, <c>Hash</c> or <c>Maglev</c>.
    /// </summary>
    public string? LoadBalancingPolicy { get; init; }

    /// <summary>What <c>Hash</c> and <c>Maglev</c> go by: <c>SourceIp</c> (the default), <c>SourceIpPort</c>, <c>Sni</c> or <c>MqttClientId</c>.</summary>
    public string? HashOn { get; init; }

    /// <summary>How targets are told of the client: <c>V1</c> or <c>V2</c> of the PROXY protocol. Default: not at all.</summary>
    public string? ProxyProtocol { get; init; }

    /// <summary>How long connecting to a target may take. Default: 5 s (<c>Timeouts:Connect</c>).</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>After how long without a byte either way a connection or flow ends. Default: 10 min, of UDP 60 s (<c>Timeouts:Idle</c>).</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How often each target is probed, from the start of the gateway on. Default: not at all (<c>HealthCheck:Active</c>).</summary>
    public TimeSpan? HealthCheckInterval { get; init; }

    /// <summary>How it is probed: <c>Tcp</c> (the default), <c>Tls</c>, <c>Http</c> or <c>Udp</c>. Needs <see cref="HealthCheckInterval"/>.</summary>
    public string? HealthCheckType { get; init; }

    /// <summary>How many targets are tried for a connection before it is given up. Default: 3 (<c>Retry:MaxAttempts</c>).</summary>
    public int? MaxAttempts { get; init; }

    /// <summary>How long a client waits while no target can be had. Default: it does not wait (<c>Queue:Timeout</c>).</summary>
    public TimeSpan? QueueTimeout { get; init; }

    /// <summary>How long connections may go on to a target that is taken away. Default: 30 s (<c>DrainTimeout</c>).</summary>
    public TimeSpan? DrainTimeout { get; init; }

    /// <summary>
    /// Whether the targets are spoken to in TLS. Default: of an HTTP route where the target's endpoint is <c>https</c>, else never
    /// (<c>Tls</c> of the cluster).
    /// </summary>
    public bool? UpstreamTls { get; init; }

    /// <summary>The name that a target's certificate must be for. Default: the host of its address (<c>Tls:ServerName</c>).</summary>
    public string? UpstreamServerName { get; init; }

    /// <summary>Whether a target's certificate is believed unseen: for development alone. Default: false (<c>Tls:SkipVerify</c>).</summary>
    public bool? UpstreamSkipVerify { get; init; }

    /// <summary>The PEM or PFX file of the certificate with which the gateway ends the clients' TLS for this route. Default: it does not (<c>Certificate:Path</c>).</summary>
    public string? CertificatePath { get; init; }

    /// <summary>The PEM file of its key. Default: in the same file (<c>Certificate:KeyPath</c>).</summary>
    public string? CertificateKeyPath { get; init; }

    /// <summary>How many datagrams end a UDP flow: 1 for DNS. Default: it ends when it is idle (<c>Udp:Responses</c>).</summary>
    public int? UdpResponses { get; init; }

    /// <summary>Further keys of the route: <c>["Match:Mqtt:ClientId:0"] = "sensor-*"</c>. They win over the properties.</summary>
    public IReadOnlyDictionary<string, string>? RouteSettings { get; init; }

    /// <summary>Further keys of its cluster: <c>["HealthCheck:Passive:MaxFails"] = "5"</c>. They win over the properties.</summary>
    public IReadOnlyDictionary<string, string>? ClusterSettings { get; init; }

    /// <summary>Keys of its endpoint, which all routes of that endpoint share: <c>["PrefaceTimeout"] = "00:00:02"</c>.</summary>
    public IReadOnlyDictionary<string, string>? EndpointSettings { get; init; }
}
