namespace L4Proxy.Configuration;

/// <summary>How a connection is refused.</summary>
public enum L4RejectWith
{
    /// <summary>Reset.</summary>
    Reset,

    /// <summary>Close.</summary>
    Close,
}
