namespace L4Proxy.Configuration;

/// <summary>A certificate and its key.</summary>
public sealed record L4Certificate
{
    /// <summary>PEM or PFX file.</summary>
    public string? Path { get; init; }

    /// <summary>PEM key file.</summary>
    public string? KeyPath { get; init; }

    /// <summary>Password of the key.</summary>
    public string? Password { get; init; }
}
