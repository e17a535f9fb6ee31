using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>A rate of new connections: a token bucket of <see cref="Burst"/> that <see cref="Permits"/> fill again in each <see cref="Window"/>.</summary>
public sealed record L4ConnectionRate
{
    /// <summary>Connections that may come in each window.</summary>
    /// <value>Connections, 1 to 10000000; must be given.</value>
    public int? Permits { get; init; }

    /// <summary>The window.</summary>
    /// <value>Duration, 1 millisecond to 1 day. Default: 1 second.</value>
    public TimeSpan? Window { get; init; }

    /// <summary>Connections that may come at once.</summary>
    /// <value>Connections, 1 to 10000000. Default: as many as <see cref="Permits"/>.</value>
    public int? Burst { get; init; }

    /// <summary>Whether each client has a bucket of its own (an IPv4 address, or a /64 of IPv6); otherwise all share one.</summary>
    /// <value>Default: false.</value>
    public bool? PerClient { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4ConnectionRate());

        public static readonly Key<L4ConnectionRate, int> Permits = new(Shape, Count, r => r.Permits, (r, v) => r with { Permits = v })
            { Unit = "Connections", Note = "must be given" };
        public static readonly DefaultedKey<L4ConnectionRate, TimeSpan> Window = new(Shape, Duration("00:00:00.001", "1.00:00:00"), TimeSpan.FromSeconds(1),
            r => r.Window, (r, v) => r with { Window = v });
        public static readonly Key<L4ConnectionRate, int> Burst = new(Shape, Count, r => r.Burst, (r, v) => r with { Burst = v })
            { Unit = "Connections", Otherwise = "as many as `Permits`" };
        public static readonly DefaultedKey<L4ConnectionRate, bool> PerClient = new(Shape, TrueOrFalse, false, r => r.PerClient, (r, v) => r with { PerClient = v });
    }
}
