namespace L4Proxy.Configuration;

/// <summary>How names of destinations are resolved.</summary>
public sealed record L4Dns
{
    /// <summary>Name servers as <c>address[:port]</c>. Null or empty: the system's resolver.</summary>
    public IReadOnlyList<string>? Servers { get; init; }

    /// <summary>How long an answer is used. Null: 30 seconds.</summary>
    public TimeSpan? RefreshInterval { get; init; }

    /// <summary>How long one lookup may take. Null: 2 seconds.</summary>
    public TimeSpan? Timeout { get; init; }
}
