namespace L4Proxy.Configuration;

/// <summary>HTTP to destinations.</summary>
public sealed record L4Http
{
    /// <summary>http1, h2c or h2. Null: http1.</summary>
    public string? Protocol { get; init; }

    /// <summary>Null: 100 seconds.</summary>
    public TimeSpan? Timeout { get; init; }
}
