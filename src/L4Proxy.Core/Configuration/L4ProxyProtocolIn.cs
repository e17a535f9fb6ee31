namespace L4Proxy.Configuration;

/// <summary>A PROXY header in front of a client's bytes.</summary>
public sealed record L4ProxyProtocolIn
{
    /// <summary>Null: <see cref="L4ProxyProtocolMode.Off"/>.</summary>
    public L4ProxyProtocolMode? Mode { get; init; }

    /// <summary>Addresses or CIDRs whose header is believed. Empty: nobody.</summary>
    public IReadOnlyList<string>? Trusted { get; init; }
}
