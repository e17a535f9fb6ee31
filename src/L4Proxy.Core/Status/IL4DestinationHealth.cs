namespace L4Proxy;

/// <summary>
/// Says how the destinations are. Registered by <c>AddL4Proxy</c>; get it by dependency injection. Usable from any thread; before the proxy has started there
/// are none.
/// </summary>
public interface IL4DestinationHealth
{
    /// <summary>Every destination of the configuration in force, by cluster and id, and those that were removed and still have connections.</summary>
    /// <returns>What was so at the moment of the call.</returns>
    IReadOnlyList<L4DestinationStatus> GetDestinations();
}
