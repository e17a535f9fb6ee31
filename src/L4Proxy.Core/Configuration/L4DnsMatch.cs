namespace L4Proxy.Configuration;

/// <summary>Of a DNS query.</summary>
public sealed record L4DnsMatch
{
    /// <summary>Names asked for.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Types asked for.</summary>
    public IReadOnlyList<string>? Types { get; init; }
}
