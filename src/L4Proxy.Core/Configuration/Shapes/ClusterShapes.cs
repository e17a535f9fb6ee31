using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration.Shapes;

/// <summary>Where connections go to.</summary>
internal static class ClusterShapes
{
    /// <summary><see cref="L4Destination"/>.</summary>
    public static RecordShape<L4Destination> Destination { get; } = new(
    [
        new("Address", TextShape.Any, r => r.Address, (r, v) => r with { Address = (string)v }),
        new("Weight", new IntegerShape(0, 1000, 1), r => r.Weight, (r, v) => r with { Weight = (int)v }),
        new("MaxConnections", Count, r => r.MaxConnections, (r, v) => r with { MaxConnections = (int)v }),
        new("Backup", BooleanShape.False, r => r.Backup, (r, v) => r with { Backup = (bool)v }),
        new("Enabled", BooleanShape.True, r => r.Enabled, (r, v) => r with { Enabled = (bool)v }),
        new("HealthAddress", TextShape.Any, r => r.HealthAddress, (r, v) => r with { HealthAddress = (string)v }),
    ]);

    /// <summary><see cref="L4Retry"/>.</summary>
    public static RecordShape<L4Retry> Retry { get; } = new(
    [
        new("MaxAttempts", new IntegerShape(1, 100, 3), r => r.MaxAttempts, (r, v) => r with { MaxAttempts = (int)v }),
    ]);

    /// <summary><see cref="L4Queue"/>.</summary>
    public static RecordShape<L4Queue> Queue { get; } = new(
    [
        new("Timeout", Duration("00:00:00.001", "00:10:00", "00:00:05"), r => r.Timeout, (r, v) => r with { Timeout = (TimeSpan)v }),
        new("MaxLength", new IntegerShape(1, 1_000_000, 1000), r => r.MaxLength, (r, v) => r with { MaxLength = (int)v }),
    ]);

    /// <summary><see cref="L4Cluster"/>.</summary>
    public static RecordShape<L4Cluster> Cluster { get; } = new(
    [
        new("Destinations", new MapShape<L4Destination>(Destination),
            r => r.Destinations, (r, v) => r with { Destinations = (IReadOnlyDictionary<string, L4Destination>)v }),
        new("LoadBalancingPolicy", new TextShape("PowerOfTwoChoices"),
            r => r.LoadBalancingPolicy, (r, v) => r with { LoadBalancingPolicy = (string)v }),
        new("HashOn", new NameShape<L4HashOn>(L4HashOn.SourceIp), r => r.HashOn, (r, v) => r with { HashOn = (L4HashOn)v }),
        new("HealthCheck", HealthShapes.HealthCheck, r => r.HealthCheck, (r, v) => r with { HealthCheck = (L4HealthCheck)v }),
        new("Timeouts", RouteShapes.Timeouts, r => r.Timeouts, (r, v) => r with { Timeouts = (L4Timeouts)v }),
        new("Retry", Retry, r => r.Retry, (r, v) => r with { Retry = (L4Retry)v }),
        new("Queue", Queue, r => r.Queue, (r, v) => r with { Queue = (L4Queue)v }),
        new("DrainTimeout", DrainTimeout, r => r.DrainTimeout, (r, v) => r with { DrainTimeout = (TimeSpan)v }),
        new("SlowStart", DurationOrOff("00:00:00.001", "1.00:00:00", "00:00:00"),
            r => r.SlowStart, (r, v) => r with { SlowStart = (TimeSpan)v }),
        new("ProxyProtocol", UpstreamShapes.ProxyProtocol,
            r => r.ProxyProtocol, (r, v) => r with { ProxyProtocol = (L4ProxyProtocolOut)v }),
        new("Tls", UpstreamShapes.Tls, r => r.Tls, (r, v) => r with { Tls = (L4UpstreamTls)v }),
        new("Http", UpstreamShapes.Http, r => r.Http, (r, v) => r with { Http = (L4Http)v }),
        new("Udp", UpstreamShapes.Udp, r => r.Udp, (r, v) => r with { Udp = (L4Udp)v }),
        new("Socket", UpstreamShapes.Socket, r => r.Socket, (r, v) => r with { Socket = (L4Socket)v }),
        new("Metadata", TextMap, r => r.Metadata, (r, v) => r with { Metadata = (IReadOnlyDictionary<string, string>)v }),
    ]);
}
