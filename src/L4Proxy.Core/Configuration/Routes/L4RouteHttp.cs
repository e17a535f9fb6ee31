using L4Proxy.Configuration.Shapes;

namespace L4Proxy.Configuration;

/// <summary>
/// What a route of <see cref="L4RouteMode.L7"/> does with requests beside proxying them: <see cref="Redirect"/> comes first, then <see cref="Respond"/>, and <see cref="Rewrite"/> is of those that go
/// to the cluster. A route that redirects or answers needs none.
/// </summary>
public sealed record L4RouteHttp
{
    /// <summary>Where clients are sent instead.</summary>
    /// <value>Default: nowhere.</value>
    public L4Redirect? Redirect { get; init; }

    /// <summary>An answer of the route's own, to every request that is not redirected.</summary>
    /// <value>Default: none.</value>
    public L4Respond? Respond { get; init; }

    /// <summary>What is changed of the path before a destination is asked, one after the other.</summary>
    /// <value>Default: nothing. At most 16.</value>
    public IReadOnlyList<L4Rewrite>? Rewrite { get; init; }

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4RouteHttp());

        public static readonly Key<L4RouteHttp, L4Redirect> Redirect = new(Shape, L4Redirect.Keys.Shape, r => r.Redirect, (r, v) => r with { Redirect = v }) { Otherwise = "nowhere" };
        public static readonly Key<L4RouteHttp, L4Respond> Respond = new(Shape, L4Respond.Keys.Shape, r => r.Respond, (r, v) => r with { Respond = v }) { Otherwise = "none" };
        public static readonly Key<L4RouteHttp, IReadOnlyList<L4Rewrite>> Rewrite = new(Shape, new ListShape<L4Rewrite>(L4Rewrite.Keys.Shape, Values.SaysNothing),
            r => r.Rewrite, (r, v) => r with { Rewrite = v }) { Otherwise = "nothing. At most 16" };
    }
}
