namespace L4Proxy.Configuration;

/// <summary>Whether clients must show a certificate.</summary>
public sealed record L4ClientCertificate
{
    /// <summary>Off, Optional or Required.</summary>
    public string? Mode { get; init; }

    /// <summary>PEM file of the authorities trusted.</summary>
    public string? Ca { get; init; }
}
