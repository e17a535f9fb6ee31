namespace L4Proxy.Configuration;

/// <summary>TLS to destinations.</summary>
public sealed record L4UpstreamTls
{
    /// <summary>The name asked for and checked; may hold captures of the route's <see cref="L4Match.Sni"/>.</summary>
    /// <value>Default: the host of the destination.</value>
    public string? ServerName { get; init; }

    /// <summary>PEM file of the authorities that must have issued the destination's certificate.</summary>
    /// <value>Default: those that the system trusts.</value>
    public string? Ca { get; init; }

    /// <summary>The certificate shown to destinations.</summary>
    /// <value>Default: none.</value>
    public L4Certificate? ClientCertificate { get; init; }

    /// <summary>Takes any certificate: whoever is on the path can then read and change everything.</summary>
    /// <value>Default: false.</value>
    public bool? SkipVerify { get; init; }

    /// <summary>ALPN protocols offered to destinations, best first.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<string>? Alpn { get; init; }
}
