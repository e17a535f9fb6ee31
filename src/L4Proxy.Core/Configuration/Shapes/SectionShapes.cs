using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration.Shapes;

/// <summary>The section itself.</summary>
internal static class SectionShapes
{
    /// <summary><see cref="L4AccessLog"/>.</summary>
    public static RecordShape<L4AccessLog> AccessLog { get; } = new(
    [
        new("Enabled", BooleanShape.True, r => r.Enabled, (r, v) => r with { Enabled = (bool)v }),
        new("SkipEmpty", BooleanShape.False, r => r.SkipEmpty, (r, v) => r with { SkipEmpty = (bool)v }),
        new("Sampling", new NumberShape(0, 1, 1), r => r.Sampling, (r, v) => r with { Sampling = (double)v }),
        new("MaxPerSecond", new IntegerShape(1, 1_000_000, 1000), r => r.MaxPerSecond, (r, v) => r with { MaxPerSecond = (int)v }),
    ]);

    /// <summary><see cref="L4Dns"/>.</summary>
    public static RecordShape<L4Dns> Dns { get; } = new(
    [
        new("Servers", TextList, r => r.Servers, (r, v) => r with { Servers = (IReadOnlyList<string>)v }),
        new("RefreshInterval", Duration("00:00:01", "1.00:00:00", "00:00:30"),
            r => r.RefreshInterval, (r, v) => r with { RefreshInterval = (TimeSpan)v }),
        new("Timeout", Duration("00:00:00.001", "00:01:00", "00:00:02"), r => r.Timeout, (r, v) => r with { Timeout = (TimeSpan)v }),
    ]);

    /// <summary><see cref="L4Config"/>.</summary>
    public static RecordShape<L4Config> Section { get; } = new(
    [
        new("Transport", new NameShape<L4TransportKind>(L4TransportKind.Auto),
            r => r.Transport, (r, v) => r with { Transport = (L4TransportKind)v }),
        new("Reactors", new IntegerShape(0, 1024, 0), r => r.Reactors, (r, v) => r with { Reactors = (int)v }),
        new("MaxConnections", new IntegerShape(0, 10_000_000, 0), r => r.MaxConnections, (r, v) => r with { MaxConnections = (int)v }),
        new("ShutdownTimeout", Duration("00:00:00", "1.00:00:00", "00:00:25"),
            r => r.ShutdownTimeout, (r, v) => r with { ShutdownTimeout = (TimeSpan)v }),
        new("AccessLog", AccessLog, r => r.AccessLog, (r, v) => r with { AccessLog = (L4AccessLog)v }),
        new("Dns", Dns, r => r.Dns, (r, v) => r with { Dns = (L4Dns)v }),
        new("Endpoints", new MapShape<L4Endpoint>(EndpointShapes.Endpoint),
            r => r.Endpoints, (r, v) => r with { Endpoints = (IReadOnlyDictionary<string, L4Endpoint>)v }),
        new("Routes", new MapShape<L4Route>(RouteShapes.Route),
            r => r.Routes, (r, v) => r with { Routes = (IReadOnlyDictionary<string, L4Route>)v }),
        new("Clusters", new MapShape<L4Cluster>(ClusterShapes.Cluster),
            r => r.Clusters, (r, v) => r with { Clusters = (IReadOnlyDictionary<string, L4Cluster>)v }),
    ]);
}
