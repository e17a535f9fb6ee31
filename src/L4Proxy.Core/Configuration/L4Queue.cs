namespace L4Proxy.Configuration;

/// <summary>
/// Holds connections while no destination is available, all are full, or every attempt failed before a byte of the client
/// was sent.
/// </summary>
public sealed record L4Queue
{
    /// <summary>How long a connection waits before it is refused, as HAProxy's <c>timeout queue</c>.</summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 5 seconds.</value>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Connections that wait at once; further ones are refused.</summary>
    /// <value>Connections, 1 to 1000000. Default: 1000.</value>
    public int? MaxLength { get; init; }
}
