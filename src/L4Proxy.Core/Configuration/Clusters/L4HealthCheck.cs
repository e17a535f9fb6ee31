using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration;

/// <summary>How it is found out which destinations work, as in YARP.</summary>
internal sealed record L4HealthCheck
{
    /// <summary>Probes. Off unless turned on.</summary>
    internal L4ActiveHealthCheck? Active { get; init; }

    /// <summary>Watching real connections. On unless turned off.</summary>
    internal L4PassiveHealthCheck? Passive { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4HealthCheck());

        public static readonly Key<L4HealthCheck, L4ActiveHealthCheck> Active = new(Shape, L4ActiveHealthCheck.Keys.Shape, r => r.Active, (r, v) => r with { Active = v })
            { NotYet = true, Harmless = v => v is L4ActiveHealthCheck { Enabled: null or false } };
        public static readonly Key<L4HealthCheck, L4PassiveHealthCheck> Passive = new(Shape, L4PassiveHealthCheck.Keys.Shape, r => r.Passive, (r, v) => r with { Passive = v })
            { NotYet = true, Harmless = v => v is L4PassiveHealthCheck { Enabled: false } };
    }
}
