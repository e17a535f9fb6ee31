using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>The access log: one record per connection, written when it ends.</summary>
public sealed record L4AccessLog
{
    /// <summary>Whether records are written.</summary>
    /// <value>Default: true.</value>
    public bool? Enabled { get; init; }

    /// <summary>Whether connections on which no byte moved are left out, as with HAProxy's <c>dontlognull</c>: health checks that connect and close.</summary>
    /// <value>Default: false.</value>
    public bool? SkipEmpty { get; init; }

    /// <summary>The share of connections that are recorded.</summary>
    /// <value>0 to 1; 0 is none, 1 is all. Default: 1.</value>
    public double? Sampling { get; init; }

    /// <summary>Records written in a second at the most; the rest are counted and dropped.</summary>
    /// <value>Records per second, 1 to 1000000. Default: 1000.</value>
    public int? MaxPerSecond { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4AccessLog());

        public static readonly DefaultedKey<L4AccessLog, bool> Enabled = new(Shape, TrueOrFalse, true, r => r.Enabled, (r, v) => r with { Enabled = v });
        public static readonly DefaultedKey<L4AccessLog, bool> SkipEmpty = new(Shape, TrueOrFalse, false, r => r.SkipEmpty, (r, v) => r with { SkipEmpty = v });
        public static readonly DefaultedKey<L4AccessLog, double> Sampling = new(Shape, new NumberShape<double>(0, 1), 1, r => r.Sampling, (r, v) => r with { Sampling = v })
            { Note = "0 is none, 1 is all" };
        public static readonly DefaultedKey<L4AccessLog, int> MaxPerSecond = new(Shape, Whole(1, 1_000_000), 1000, r => r.MaxPerSecond, (r, v) => r with { MaxPerSecond = v })
            { Unit = "Records per second" };
    }
}
