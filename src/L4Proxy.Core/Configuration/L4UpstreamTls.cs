namespace L4Proxy.Configuration;

/// <summary>TLS to destinations.</summary>
public sealed record L4UpstreamTls
{
    /// <summary>May hold captures.</summary>
    public string? ServerName { get; init; }

    /// <summary>PEM file.</summary>
    public string? Ca { get; init; }

    /// <summary>Shown to destinations.</summary>
    public L4Certificate? ClientCertificate { get; init; }

    /// <summary>Null: false.</summary>
    public bool? SkipVerify { get; init; }

    /// <summary>Offered to destinations.</summary>
    public IReadOnlyList<string>? Alpn { get; init; }
}
