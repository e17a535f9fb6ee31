using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration.Shapes;

/// <summary>How it is found out which destinations work.</summary>
internal static class HealthShapes
{
    /// <summary><see cref="L4ActiveHealthCheck"/>.</summary>
    public static RecordShape<L4ActiveHealthCheck> Active { get; } = new(
    [
        new("Enabled", BooleanShape.False, r => r.Enabled, (r, v) => r with { Enabled = (bool)v }),
        new("Type", new TextShape("Tcp"), r => r.Type, (r, v) => r with { Type = (string)v }),
        new("Interval", Duration("00:00:00.1", "1.00:00:00", "00:00:10"), r => r.Interval, (r, v) => r with { Interval = (TimeSpan)v }),
        new("Timeout", Duration("00:00:00.001", "00:10:00", "00:00:03"), r => r.Timeout, (r, v) => r with { Timeout = (TimeSpan)v }),
        new("Rise", new IntegerShape(1, 100, 2), r => r.Rise, (r, v) => r with { Rise = (int)v }),
        new("Fall", new IntegerShape(1, 100, 3), r => r.Fall, (r, v) => r with { Fall = (int)v }),
        new("Send", TextShape.Any, r => r.Send, (r, v) => r with { Send = (string)v }),
        new("Expect", TextShape.Any, r => r.Expect, (r, v) => r with { Expect = (string)v }),
    ]);

    /// <summary><see cref="L4PassiveHealthCheck"/>.</summary>
    public static RecordShape<L4PassiveHealthCheck> Passive { get; } = new(
    [
        new("Enabled", BooleanShape.True, r => r.Enabled, (r, v) => r with { Enabled = (bool)v }),
        new("MaxFails", new IntegerShape(1, 1000, 3), r => r.MaxFails, (r, v) => r with { MaxFails = (int)v }),
        new("Window", Duration("00:00:00.001", "1.00:00:00", "00:00:10"), r => r.Window, (r, v) => r with { Window = (TimeSpan)v }),
        new("EjectionTime", Duration("00:00:00.001", "1.00:00:00", "00:00:30"),
            r => r.EjectionTime, (r, v) => r with { EjectionTime = (TimeSpan)v }),
        new("MaxEjectionPercent", new IntegerShape(0, 100, 50),
            r => r.MaxEjectionPercent, (r, v) => r with { MaxEjectionPercent = (int)v }),
        new("PanicThresholdPercent", new IntegerShape(0, 100, 0),
            r => r.PanicThresholdPercent, (r, v) => r with { PanicThresholdPercent = (int)v }),
    ]);

    /// <summary><see cref="L4HealthCheck"/>.</summary>
    public static RecordShape<L4HealthCheck> HealthCheck { get; } = new(
    [
        new("Active", Active, r => r.Active, (r, v) => r with { Active = (L4ActiveHealthCheck)v }),
        new("Passive", Passive, r => r.Passive, (r, v) => r with { Passive = (L4PassiveHealthCheck)v }),
    ]);
}
