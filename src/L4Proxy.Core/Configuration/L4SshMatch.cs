namespace L4Proxy.Configuration;

/// <summary>Of an SSH banner.</summary>
public sealed record L4SshMatch
{
    /// <summary>Software names.</summary>
    public IReadOnlyList<string>? Software { get; init; }
}
