namespace L4Proxy.Configuration;

/// <summary>Connections wait for a destination.</summary>
public sealed record L4Queue
{
    /// <summary>Null: 5 seconds.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Null: 1000.</summary>
    public int? MaxLength { get; init; }
}
