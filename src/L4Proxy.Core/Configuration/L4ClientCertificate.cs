namespace L4Proxy.Configuration;

/// <summary>Whether clients of terminated TLS must show a certificate.</summary>
public sealed record L4ClientCertificate
{
    /// <summary>Whether one is asked for.</summary>
    /// <value><c>Off</c>, <c>Optional</c> or <c>Required</c>. Default: <c>Off</c>.</value>
    public L4ClientCertificateMode? Mode { get; init; }

    /// <summary>PEM file of the authorities that must have issued it.</summary>
    /// <value>Default: those that the system trusts.</value>
    public string? Ca { get; init; }
}
