using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration;

/// <summary>How it is found out which destinations work, as in YARP.</summary>
public sealed record L4HealthCheck
{
    /// <summary>Probes. Off unless turned on.</summary>
    public L4ActiveHealthCheck? Active { get; init; }

    /// <summary>Watching real connections. On unless turned off.</summary>
    public L4PassiveHealthCheck? Passive { get; init; }

    /// <summary>What becomes of the connections and flows of a destination that probes find down, or that is ejected.</summary>
    /// <value><c>Keep</c> or <c>Cut</c>. Default: <c>Keep</c>.</value>
    public L4OnMarkedDown? OnMarkedDown { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4HealthCheck());

        public static readonly Key<L4HealthCheck, L4ActiveHealthCheck> Active = new(Shape, L4ActiveHealthCheck.Keys.Shape, r => r.Active, (r, v) => r with { Active = v });
        public static readonly Key<L4HealthCheck, L4PassiveHealthCheck> Passive = new(Shape, L4PassiveHealthCheck.Keys.Shape, r => r.Passive, (r, v) => r with { Passive = v });
        public static readonly DefaultedKey<L4HealthCheck, L4OnMarkedDown> OnMarkedDown = new(Shape, new NameShape<L4OnMarkedDown>(), L4OnMarkedDown.Keep,
            r => r.OnMarkedDown, (r, v) => r with { OnMarkedDown = v });
    }
}
