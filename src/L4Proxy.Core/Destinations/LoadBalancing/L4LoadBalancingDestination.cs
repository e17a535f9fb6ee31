namespace L4Proxy;

/// <summary>A destination as it was when an <see cref="IL4LoadBalancingPolicy"/> was asked.</summary>
public sealed class L4LoadBalancingDestination
{
    /// <summary>Its id in the cluster.</summary>
    public required string Id { get; init; }

    /// <summary>Its address, as configured.</summary>
    public required string Address { get; init; }

    /// <summary>Its configured share, from 0; 0 means that it is to get no new connections.</summary>
    public required int Weight { get; init; }

    /// <summary>Connections and flows to it, those being dialled included.</summary>
    public required int ActiveConnections { get; init; }
}
