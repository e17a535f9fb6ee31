using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration.Shapes;

/// <summary>What endpoints and routes share: who is admitted, and how many.</summary>
internal static class AdmissionShapes
{
    /// <summary><see cref="L4Certificate"/>.</summary>
    public static RecordShape<L4Certificate> Certificate { get; } = new(
    [
        new("Path", TextShape.Any, r => r.Path, (r, v) => r with { Path = (string)v }),
        new("KeyPath", TextShape.Any, r => r.KeyPath, (r, v) => r with { KeyPath = (string)v }),
        new("Password", TextShape.Any, r => r.Password, (r, v) => r with { Password = (string)v }),
    ]);

    /// <summary><see cref="L4Firewall"/>.</summary>
    public static RecordShape<L4Firewall> Firewall { get; } = new(
    [
        new("Allow", TextList, r => r.Allow, (r, v) => r with { Allow = (IReadOnlyList<string>)v }),
        new("Deny", TextList, r => r.Deny, (r, v) => r with { Deny = (IReadOnlyList<string>)v }),
        new("AllowFile", TextShape.Any, r => r.AllowFile, (r, v) => r with { AllowFile = (string)v }),
        new("DenyFile", TextShape.Any, r => r.DenyFile, (r, v) => r with { DenyFile = (string)v }),
    ]);

    /// <summary><see cref="L4ConnectionRate"/>.</summary>
    public static RecordShape<L4ConnectionRate> ConnectionRate { get; } = new(
    [
        new("Permits", Count, r => r.Permits, (r, v) => r with { Permits = (int)v }),
        new("Window", Duration("00:00:00.001", "1.00:00:00", "00:00:01"), r => r.Window, (r, v) => r with { Window = (TimeSpan)v }),
        new("Burst", Count, r => r.Burst, (r, v) => r with { Burst = (int)v }),
        new("PerClient", BooleanShape.False, r => r.PerClient, (r, v) => r with { PerClient = (bool)v }),
    ]);

    /// <summary><see cref="L4Limits"/>.</summary>
    public static RecordShape<L4Limits> Limits { get; } = new(
    [
        new("MaxConnections", Count, r => r.MaxConnections, (r, v) => r with { MaxConnections = (int)v }),
        new("MaxConnectionsPerClient", Count,
            r => r.MaxConnectionsPerClient, (r, v) => r with { MaxConnectionsPerClient = (int)v }),
        new("ConnectionRate", ConnectionRate, r => r.ConnectionRate, (r, v) => r with { ConnectionRate = (L4ConnectionRate)v }),
        new("MaxSessions", Count, r => r.MaxSessions, (r, v) => r with { MaxSessions = (int)v }),
    ]);
}
