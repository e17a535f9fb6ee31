namespace L4Proxy.Configuration;

/// <summary>Who may connect; deny wins.</summary>
public sealed record L4Firewall
{
    /// <summary>Addresses or CIDRs.</summary>
    public IReadOnlyList<string>? Allow { get; init; }

    /// <summary>Addresses or CIDRs.</summary>
    public IReadOnlyList<string>? Deny { get; init; }

    /// <summary>A file of addresses, watched.</summary>
    public string? AllowFile { get; init; }

    /// <summary>A file of addresses, watched.</summary>
    public string? DenyFile { get; init; }
}
