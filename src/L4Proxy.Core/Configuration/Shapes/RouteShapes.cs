using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration.Shapes;

/// <summary>Which connections go where.</summary>
internal static class RouteShapes
{
    private static readonly LongShape ByteCount = new(1, 1_000_000_000_000);

    /// <summary><see cref="L4Throttle"/>.</summary>
    public static RecordShape<L4Throttle> Throttle { get; } = new(
    [
        new("UploadBytesPerSecond", ByteCount, r => r.UploadBytesPerSecond, (r, v) => r with { UploadBytesPerSecond = (long)v }),
        new("DownloadBytesPerSecond", ByteCount,
            r => r.DownloadBytesPerSecond, (r, v) => r with { DownloadBytesPerSecond = (long)v }),
        new("Burst", ByteCount, r => r.Burst, (r, v) => r with { Burst = (long)v }),
        new("Per", new NameShape<L4ThrottleScope>(L4ThrottleScope.Connection), r => r.Per, (r, v) => r with { Per = (L4ThrottleScope)v }),
    ]);

    /// <summary><see cref="L4Timeouts"/>.</summary>
    public static RecordShape<L4Timeouts> Timeouts { get; } = new(
    [
        new("Connect", Duration("00:00:00.001", "00:10:00", "00:00:05"), r => r.Connect, (r, v) => r with { Connect = (TimeSpan)v }),
        new("Idle", DurationOrOff("00:00:00.001", "24.00:00:00", "00:10:00"), r => r.Idle, (r, v) => r with { Idle = (TimeSpan)v }),
        new("HalfClosed", DurationOrOff("00:00:00.001", "24.00:00:00", "00:01:00"),
            r => r.HalfClosed, (r, v) => r with { HalfClosed = (TimeSpan)v }),
        new("MaxLifetime", DurationOrOff("00:00:00.001", "24.00:00:00", "00:00:00"),
            r => r.MaxLifetime, (r, v) => r with { MaxLifetime = (TimeSpan)v }),
        new("TlsHandshake", Duration("00:00:00.001", "00:10:00", "00:00:10"),
            r => r.TlsHandshake, (r, v) => r with { TlsHandshake = (TimeSpan)v }),
    ]);

    /// <summary><see cref="L4Route"/>.</summary>
    public static RecordShape<L4Route> Route { get; } = new(
    [
        new("Endpoints", TextList, r => r.Endpoints, (r, v) => r with { Endpoints = (IReadOnlyList<string>)v }),
        new("Match", MatchShapes.Match, r => r.Match, (r, v) => r with { Match = (L4Match)v }),
        new("ClusterId", TextShape.Any, r => r.ClusterId, (r, v) => r with { ClusterId = (string)v }),
        new("Action", new NameShape<L4RouteAction>(L4RouteAction.Proxy), r => r.Action, (r, v) => r with { Action = (L4RouteAction)v }),
        new("RejectWith", new NameShape<L4RejectWith>(L4RejectWith.Reset),
            r => r.RejectWith, (r, v) => r with { RejectWith = (L4RejectWith)v }),
        new("Order", new IntegerShape(int.MinValue, int.MaxValue, 0), r => r.Order, (r, v) => r with { Order = (int)v }),
        new("Mode", new NameShape<L4RouteMode>(L4RouteMode.L4), r => r.Mode, (r, v) => r with { Mode = (L4RouteMode)v }),
        new("Tls", new NameShape<L4RouteTls>(L4RouteTls.Passthrough), r => r.Tls, (r, v) => r with { Tls = (L4RouteTls)v }),
        new("Certificate", AdmissionShapes.Certificate, r => r.Certificate, (r, v) => r with { Certificate = (L4Certificate)v }),
        new("Firewall", AdmissionShapes.Firewall, r => r.Firewall, (r, v) => r with { Firewall = (L4Firewall)v }),
        new("Limits", AdmissionShapes.Limits, r => r.Limits, (r, v) => r with { Limits = (L4Limits)v }),
        new("Throttle", Throttle, r => r.Throttle, (r, v) => r with { Throttle = (L4Throttle)v }),
        new("Timeouts", Timeouts, r => r.Timeouts, (r, v) => r with { Timeouts = (L4Timeouts)v }),
        new("Metadata", TextMap, r => r.Metadata, (r, v) => r with { Metadata = (IReadOnlyDictionary<string, string>)v }),
    ]);
}
