namespace L4Proxy.Configuration;

/// <summary>Of a PostgreSQL start-up.</summary>
public sealed record L4PostgresMatch
{
    /// <summary>Databases.</summary>
    public IReadOnlyList<string>? Database { get; init; }

    /// <summary>Users.</summary>
    public IReadOnlyList<string>? User { get; init; }
}
