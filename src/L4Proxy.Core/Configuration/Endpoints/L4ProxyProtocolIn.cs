using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

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

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4ProxyProtocolIn(), "Mode");

        public static readonly DefaultedKey<L4ProxyProtocolIn, L4ProxyProtocolMode> Mode = new(Shape, new NameShape<L4ProxyProtocolMode>(), L4ProxyProtocolMode.Off,
            r => r.Mode, (r, v) => r with { Mode = v });
        public static readonly Key<L4ProxyProtocolIn, IReadOnlyList<string>> Trusted = new(Shape, TextList, r => r.Trusted, (r, v) => r with { Trusted = v })
            { Otherwise = "empty, which trusts nobody" };
    }
}
