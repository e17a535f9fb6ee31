namespace L4Proxy.Configuration;

/// <summary>
/// A PROXY header in front of a client's bytes, version 1 or 2, of at most 16 KiB; it is waited for within
/// <see cref="L4Endpoint.PrefaceTimeout"/>, and the bytes behind it have the same time again.
/// </summary>
public sealed record L4ProxyProtocolIn
{
    /// <summary>Whether one is read.</summary>
    /// <value><c>Off</c>, <c>Optional</c> or <c>Required</c>. Default: <c>Off</c>.</value>
    public L4ProxyProtocolMode? Mode { get; init; }

    /// <summary>Addresses or CIDR blocks of those whose header is believed; <c>unix:</c> is every peer on a Unix socket.</summary>
    /// <value>Default: empty, which trusts nobody.</value>
    public IReadOnlyList<string>? Trusted { get; init; }
}
