namespace L4Proxy.Configuration;

/// <summary>Timeouts of proxied connections. None of them limits how long a busy connection may live but <see cref="MaxLifetime"/>.</summary>
public sealed record L4Timeouts
{
    /// <summary>
    /// To connect to one destination, all addresses of its name together (they are tried 250 ms apart, RFC 8305); each attempt has its
    /// own.
    /// </summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 5 seconds.</value>
    public TimeSpan? Connect { get; init; }

    /// <summary>Without a byte either way, as nginx's <c>proxy_timeout</c>.</summary>
    /// <value>Duration, 1 millisecond to 24 days; 0 is off, and a peer that vanished is then found only by keep-alive.
    /// Default: 10 minutes; for UDP 60 seconds.</value>
    public TimeSpan? Idle { get; init; }

    /// <summary>
    /// Without a byte once one side has closed, as HAProxy's <c>timeout client-fin</c>. It also cuts off a server that works for longer on
    /// its answer to a client that has sent its FIN; HAProxy and nginx wait as long as for any other.
    /// </summary>
    /// <value>Duration, 1 millisecond to 24 days; 0 is off, and then <see cref="Idle"/> goes on. Default: 1 minute.</value>
    public TimeSpan? HalfClosed { get; init; }

    /// <summary>Of a whole connection, busy or not, as Envoy's <c>max_downstream_connection_duration</c>.</summary>
    /// <value>Duration, 1 millisecond to 24 days; 0 is off. Default: 0.</value>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>For a TLS handshake with a destination.</summary>
    /// <value>Duration, 1 millisecond to 10 minutes. Default: 10 seconds.</value>
    public TimeSpan? TlsHandshake { get; init; }
}
