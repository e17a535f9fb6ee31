namespace L4Proxy.Configuration;

/// <summary>The start-up message of PostgreSQL: lists are OR, fields are AND. <c>*</c> anywhere in a text stands for any characters.</summary>
public sealed record L4PostgresMatch
{
    /// <summary>Databases.</summary>
    public IReadOnlyList<string>? Database { get; init; }

    /// <summary>Users.</summary>
    public IReadOnlyList<string>? User { get; init; }
}
