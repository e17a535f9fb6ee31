namespace L4Proxy.Configuration;

/// <summary>How a connection is refused.</summary>
public enum L4RejectWith
{
    /// <summary>With a TCP reset.</summary>
    Reset,

    /// <summary>With an orderly close.</summary>
    Close,
}
