namespace L4Proxy.Configuration;

/// <summary>Which connections go where.</summary>
public sealed record L4Route
{
    /// <summary>Ids of the endpoints it applies to. Null: every own TCP endpoint.</summary>
    public IReadOnlyList<string>? Endpoints { get; init; }

    /// <summary>What a connection must be like. Null: anything.</summary>
    public L4Match? Match { get; init; }

    /// <summary>The cluster that <see cref="L4RouteAction.Proxy"/> goes to.</summary>
    public string? ClusterId { get; init; }

    /// <summary>Null: <see cref="L4RouteAction.Proxy"/>.</summary>
    public L4RouteAction? Action { get; init; }

    /// <summary>How <see cref="L4RouteAction.Reject"/> ends a connection. Null: <see cref="L4RejectWith.Reset"/>.</summary>
    public L4RejectWith? RejectWith { get; init; }

    /// <summary>Lower wins, before anything else is compared. Null: 0.</summary>
    public int? Order { get; init; }

    /// <summary>Null: <see cref="L4RouteMode.L4"/>.</summary>
    public L4RouteMode? Mode { get; init; }

    /// <summary>Null: <see cref="L4RouteTls.Passthrough"/>.</summary>
    public L4RouteTls? Tls { get; init; }

    /// <summary>The certificate of a route that terminates TLS.</summary>
    public L4Certificate? Certificate { get; init; }

    /// <summary>Who may use the route.</summary>
    public L4Firewall? Firewall { get; init; }

    /// <summary>Limits on the route's connections.</summary>
    public L4Limits? Limits { get; init; }

    /// <summary>Bytes per second.</summary>
    public L4Throttle? Throttle { get; init; }

    /// <summary>Override the cluster's.</summary>
    public L4Timeouts? Timeouts { get; init; }

    /// <summary>Free text for the application.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
