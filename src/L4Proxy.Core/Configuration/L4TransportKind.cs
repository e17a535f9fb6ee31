namespace L4Proxy.Configuration;

/// <summary>What moves the bytes.</summary>
public enum L4TransportKind
{
    /// <summary>Auto.</summary>
    Auto,

    /// <summary>Managed.</summary>
    Managed,

    /// <summary>Linux.</summary>
    Linux,
}
