using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>
/// What destinations of <see cref="L4RouteMode.L7"/> routes are told of the client: <c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c>, <c>X-Forwarded-Host</c> and
/// <c>X-Real-IP</c>.
/// </summary>
public sealed record L4ForwardedHeaders
{
    /// <summary>
    /// CIDR ranges or addresses whose own headers of this kind are kept and added to, as with Caddy's <c>trusted_proxies</c>: proxies before this one. Everybody else's are replaced.
    /// </summary>
    /// <value>Default: nobody.</value>
    public IReadOnlyList<string>? Trusted { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4ForwardedHeaders());

        public static readonly Key<L4ForwardedHeaders, IReadOnlyList<string>> Trusted = new(Shape, TextList, r => r.Trusted, (r, v) => r with { Trusted = v })
            { Otherwise = "nobody" };
    }
}
