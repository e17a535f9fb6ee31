namespace L4Proxy;

/// <summary>
/// What has become of the endpoints of the configuration: the addresses that they really listen on, and why one does not. In the
/// services of every host with <c>AddL4Proxy()</c>.
/// </summary>
/// <example>
/// The port that <c>tcp://127.0.0.1:0</c> got:
/// <code>var port = (await endpoints.WaitUntilListeningAsync("mqtt")).Port;</code>
/// </example>
public interface IL4Endpoints
{
    /// <summary>
    /// Every endpoint of the configuration in force, own and shared with Kestrel, TCP and UDP, and those that were removed from it and still
    /// have connections; by id. Empty before the host has started.
    /// </summary>
    IReadOnlyList<L4EndpointStatus> GetAll();

    /// <summary>One of them, as it is now.</summary>
    /// <param name="endpointId">The id under <c>L4Proxy:Endpoints</c>.</param>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="ArgumentException"><paramref name="endpointId"/> is null or empty.</exception>
    L4EndpointStatus? Find(string endpointId);

    /// <summary>
    /// Waits until the configuration in force has the endpoint and it listens on all of its addresses. When the host has started, own
    /// endpoints listen already, unless an address cannot be bound; it is tried again every second.
    /// </summary>
    /// <param name="endpointId">The id under <c>L4Proxy:Endpoints</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="ArgumentException"><paramref name="endpointId"/> is null or empty.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> fired; the message says what was missing.</exception>
    /// <exception cref="InvalidOperationException">The host stops.</exception>
    Task<L4EndpointStatus> WaitUntilListeningAsync(string endpointId, CancellationToken cancellationToken = default);
}
