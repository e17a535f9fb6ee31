namespace L4Proxy;

/// <summary>
/// A load-balancing policy of the application's: registered in its services, named by <c>LoadBalancingPolicy</c> of a cluster.
/// The counterpart of YARP's interface of the same name.
/// </summary>
/// <example>
/// <code>services.AddSingleton&lt;IL4LoadBalancingPolicy, NearestPolicy&gt;();</code>
/// </example>
public interface IL4LoadBalancingPolicy
{
    /// <summary>What <c>LoadBalancingPolicy</c> calls it, in any case. It must not be empty, nor be another policy's name or a built-in one's.</summary>
    string Name { get; }

    /// <summary>
    /// Picks where a TCP connection, or a UDP flow with its first datagram, goes. It is called for many at once, on the thread
    /// pool, and may wait: nothing but the connection it picks for is held up (nor if it blocks, unless <c>Transport</c> is <c>Managed</c> and
    /// so many block that the pool has no thread left). After a destination that did not answer it is asked again, up to
    /// <c>Retry:MaxAttempts</c>, without those that were tried.
    /// </summary>
    /// <param name="context">The connection, and what there is to pick from.</param>
    /// <param name="cancellationToken">Cancelled when the connection has ended (by a shutdown, for example), and after 30 seconds: then nobody waits any longer.</param>
    /// <returns>
    /// One of <see cref="L4LoadBalancingContext.Destinations"/>, or null: then the connection ends with
    /// <see cref="L4EndReason.NoDestination"/>. If it throws, returns another one or takes longer than 30 seconds, the
    /// connection ends with <see cref="L4EndReason.PolicyFailed"/> and a warning is logged.
    /// </returns>
    ValueTask<L4LoadBalancingDestination?> PickDestinationAsync(L4LoadBalancingContext context, CancellationToken cancellationToken);
}
