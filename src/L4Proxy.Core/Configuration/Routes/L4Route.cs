using L4Proxy.Configuration.Shapes;
using static L4Proxy.Configuration.Shapes.Values;

namespace L4Proxy.Configuration;

/// <summary>Which connections go where.</summary>
/// <remarks>Where several match, the one with the lower <see cref="Order"/> wins, then the more specific name, then more
/// conditions, then the id.</remarks>
public sealed record L4Route
{
    /// <summary>Ids of the endpoints it applies to. A shared Kestrel endpoint and a UDP endpoint must be named.</summary>
    /// <value>Default: every own TCP endpoint. An empty list is an error.</value>
    public IReadOnlyList<string>? Endpoints { get; init; }

    /// <summary>What a connection must be like.</summary>
    /// <value>Default: anything.</value>
    public L4Match? Match { get; init; }

    /// <summary>The cluster that connections go to. Must be given with <see cref="L4RouteAction.Proxy"/>, and only then; a route whose <see cref="Http"/> redirects or answers needs none.</summary>
    public string? ClusterId { get; init; }

    /// <summary>What is done with a connection.</summary>
    /// <value><c>Proxy</c>, <c>Http</c> or <c>Reject</c>. Default: <c>Proxy</c>.</value>
    public L4RouteAction? Action { get; init; }

    /// <summary>How <see cref="L4RouteAction.Reject"/> ends a connection; only with it.</summary>
    /// <value><c>Reset</c> or <c>Close</c>. Default: <c>Reset</c>.</value>
    public L4RejectWith? RejectWith { get; init; }

    /// <summary>Lower wins, before anything else is compared, as in YARP.</summary>
    /// <value>Any whole number, negative ones too. Default: 0.</value>
    public int? Order { get; init; }

    /// <summary>
    /// The layer it works on. A route of <see cref="L4RouteMode.L7"/> proxies HTTP requests: its <see cref="L4Match.Sni"/> are its hosts, too, and it needs YARP in the application.
    /// </summary>
    /// <value><c>L4</c> or <c>L7</c>. Default: <c>L4</c>.</value>
    public L4RouteMode? Mode { get; init; }

    /// <summary>What is done with the client's TLS.</summary>
    /// <value><c>Passthrough</c> or <c>Terminate</c>. Default: <c>Passthrough</c>, and <c>Terminate</c> on a <c>tls://</c> endpoint and for an <c>L7</c> route with a <c>Certificate</c>.</value>
    public L4RouteTls? Tls { get; init; }

    /// <summary>The certificate of a route that terminates TLS.</summary>
    /// <value>Default: the endpoint's.</value>
    public L4Certificate? Certificate { get; init; }

    /// <summary>Who may use the route.</summary>
    /// <value>Default: everyone.</value>
    public L4Firewall? Firewall { get; init; }

    /// <summary>Limits on the route's connections.</summary>
    /// <value>Default: none.</value>
    public L4Limits? Limits { get; init; }

    /// <summary>How fast bytes may pass.</summary>
    /// <value>Default: as fast as they can.</value>
    public L4Throttle? Throttle { get; init; }

    /// <summary>Timeouts of the route's connections; what is not given here is the cluster's.</summary>
    public L4Timeouts? Timeouts { get; init; }

    /// <summary>What is done with the requests of an <see cref="L4RouteMode.L7"/> route beside proxying them: redirects, answers of its own, other paths.</summary>
    /// <value>Default: nothing.</value>
    public L4RouteHttp? Http { get; init; }

    /// <summary>Texts for the application; L4Proxy does not read them.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>
    /// The <see cref="Endpoints"/> of a route that is on every endpoint of Kestrel's, also on those that are none of L4Proxy's, behind their own routes. It is known by being this very list, so
    /// that nobody can write it: it is for what is made of something else.
    /// </summary>
    internal static readonly IReadOnlyList<string> OnKestrel = ["@kestrel"];

    /// <summary>Whether it is on every endpoint of Kestrel's.</summary>
    internal bool IsOnKestrel => ReferenceEquals(Endpoints, OnKestrel);

    /// <summary>Whether it is a route of HTTP requests.</summary>
    internal bool IsHttp => Mode == L4RouteMode.L7;

    /// <summary>Whether its requests are answered, or some of them, without a cluster.</summary>
    internal bool AnswersItself => Http is { Redirect: not null } or { Respond: not null };

    /// <summary>Whether it ends its clients' TLS wherever it is.</summary>
    internal bool EndsTls => Tls == L4RouteTls.Terminate || (Tls is null && IsHttp && Certificate is not null && Certificate != new L4Certificate());

    internal static class Keys
    {
        public static readonly RecordShape Shape = new(new L4Route());

        public static readonly Key<L4Route, IReadOnlyList<string>> Endpoints = new(Shape, MatchTexts, r => r.Endpoints, (r, v) => r with { Endpoints = v })
            { Otherwise = "every own TCP endpoint. An empty list is an error" };
        public static readonly Key<L4Route, L4Match> Match = new(Shape, L4Match.Keys.Shape, r => r.Match, (r, v) => r with { Match = v }) { Otherwise = "anything" };
        public static readonly Key<L4Route, string> ClusterId = new(Shape, AnyText, r => r.ClusterId, (r, v) => r with { ClusterId = v });
        public static readonly DefaultedKey<L4Route, L4RouteAction> Action = new(Shape, new NameShape<L4RouteAction>(), L4RouteAction.Proxy,
            r => r.Action, (r, v) => r with { Action = v });
        public static readonly DefaultedKey<L4Route, L4RejectWith> RejectWith = new(Shape, new NameShape<L4RejectWith>(), L4RejectWith.Reset,
            r => r.RejectWith, (r, v) => r with { RejectWith = v });
        public static readonly DefaultedKey<L4Route, int> Order = new(Shape, Whole(int.MinValue, int.MaxValue), 0, r => r.Order, (r, v) => r with { Order = v })
            { Note = ", negative ones too" };
        public static readonly DefaultedKey<L4Route, L4RouteMode> Mode = new(Shape, new NameShape<L4RouteMode>(), L4RouteMode.L4, r => r.Mode, (r, v) => r with { Mode = v });
        public static readonly DefaultedKey<L4Route, L4RouteTls> Tls = new(Shape, new NameShape<L4RouteTls>(), L4RouteTls.Passthrough,
            r => r.Tls, (r, v) => r with { Tls = v }) { Otherwise = ", and `Terminate` on a `tls://` endpoint and for an `L7` route with a `Certificate`" };
        public static readonly Key<L4Route, L4Certificate> Certificate = new(Shape, L4Certificate.Keys.Shape, r => r.Certificate, (r, v) => r with { Certificate = v })
            { Otherwise = "the endpoint's" };
        public static readonly Key<L4Route, L4Firewall> Firewall = new(Shape, L4Firewall.Keys.Shape, r => r.Firewall, (r, v) => r with { Firewall = v })
            { Otherwise = "everyone" };
        public static readonly Key<L4Route, L4Limits> Limits = new(Shape, L4Limits.Keys.Shape, r => r.Limits, (r, v) => r with { Limits = v })
            { Otherwise = "none" };
        public static readonly Key<L4Route, L4Throttle> Throttle = new(Shape, L4Throttle.Keys.Shape, r => r.Throttle, (r, v) => r with { Throttle = v })
            { Otherwise = "as fast as they can" };
        public static readonly Key<L4Route, L4Timeouts> Timeouts = new(Shape, L4Timeouts.Keys.Shape, r => r.Timeouts, (r, v) => r with { Timeouts = v });
        public static readonly Key<L4Route, L4RouteHttp> Http = new(Shape, L4RouteHttp.Keys.Shape, r => r.Http, (r, v) => r with { Http = v }) { Otherwise = "nothing" };
        public static readonly Key<L4Route, IReadOnlyDictionary<string, string>> Metadata = new(Shape, TextMap, r => r.Metadata, (r, v) => r with { Metadata = v });
    }
}
