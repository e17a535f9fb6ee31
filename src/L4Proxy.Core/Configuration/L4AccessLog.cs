namespace L4Proxy.Configuration;

/// <summary>Settings of the access log.</summary>
public sealed record L4AccessLog
{
    /// <summary>Whether records are written. Null: true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>The share of connections recorded, 0 to 1. Null: 1.</summary>
    public double? Sampling { get; init; }

    /// <summary>Records per second at the most; the rest are counted and dropped. Null: 1000.</summary>
    public int? MaxPerSecond { get; init; }
}
