using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Limits;
using L4Proxy.Prefaces;
using L4Proxy.Requests;
using L4Proxy.Routing.Conditions;
using L4Proxy.Timing;

namespace L4Proxy.Routing;

/// <summary>A route as the table sees it.</summary>
internal sealed class RouteModel
{
    /// <summary>Its id.</summary>
    public required string Id { get; init; }

    /// <summary>As the user wrote it.</summary>
    public required L4Route Config
    {
        get;
        init => (field, Action, RejectWith, Order) =
            (value, value.IsHttp ? L4RouteAction.Http : L4Route.Keys.Action.Of(value), L4Route.Keys.RejectWith.Of(value), L4Route.Keys.Order.Of(value));
    }

    /// <summary>What it does with a connection.</summary>
    public L4RouteAction Action { get; private init; }

    /// <summary>How it refuses one.</summary>
    public L4RejectWith RejectWith { get; private init; }

    /// <summary>Lower wins.</summary>
    public int Order { get; private init; }

    /// <summary>Where it goes, if it proxies: connections, or HTTP requests.</summary>
    public ClusterModel? Cluster { get; init; }

    /// <summary>Its own timeouts over the cluster's, if it proxies.</summary>
    public TcpTimeouts? Timeouts { get; init; }

    /// <summary>The same for UDP flows.</summary>
    public UdpTimeouts? UdpTimeouts { get; init; }

    /// <summary>Who may use it.</summary>
    public Firewall Firewall { get; init; } = Firewall.Open;

    /// <summary>What its connections are counted against; null where nothing is.</summary>
    public ConnectionLimit? Limit { get; init; }

    /// <summary>How fast its bytes may pass; null is as fast as they can.</summary>
    public Throttle? Throttle { get; init; }

    /// <summary>What it does with requests beside proxying them; null where nothing.</summary>
    public RequestRules? Requests { get; init; }

    /// <summary>The protocols whose beginning says what its cluster picks a destination by: where a client may speak one of them, that is waited for.</summary>
    public ProtocolSet PickedBy => Action == L4RouteAction.Proxy && Cluster is { Config: var cluster } && LoadBalancingPolicies.Hashes(L4Cluster.Keys.LoadBalancingPolicy.Of(cluster))
        ? HashKey.ProtocolsOf(L4Cluster.Keys.HashOn.Of(cluster))
        : default;

    /// <summary>What its conditions ask beside the connection.</summary>
    public ConditionSources Sources { get; init; } = ConditionSources.Default;

    /// <summary>Its <see cref="L4Route.Match"/>, compiled when first asked for and shared by the tables of its endpoints.</summary>
    /// <exception cref="ArgumentException">The validator would not have accepted the match.</exception>
    public ConnectionMatch Match => field ??= Config.IsHttp ? ConnectionMatch.OfHttp(Config.Match, Sources) : ConnectionMatch.Create(Config.Match, Sources);
}
