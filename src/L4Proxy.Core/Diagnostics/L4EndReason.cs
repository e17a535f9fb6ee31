namespace L4Proxy;

/// <summary>
/// Why a connection ended: which side, in which phase. The same value is in its record, its log line and the metric tag
/// <c>outcome</c>. The first cause wins; what follows from it is not a cause of its own.
/// </summary>
public enum L4EndReason
{
    /// <summary>It has not ended.</summary>
    None = 0,

    /// <summary>
    /// Both sides closed in order, each after everything it had to say. UDP: every answer of <c>Udp:Responses</c> came (none is awaited at 0), or the
    /// flow had fallen silent when the host stopped.
    /// </summary>
    Completed = 1,

    /// <summary>It became an HTTP connection of this host and is no longer ours.</summary>
    HandedToHttp = 2,

    /// <summary>It asked to cancel what a connection of the same client does (PostgreSQL's CancelRequest), and was passed on to where there is one.</summary>
    CancelForwarded = 3,

    /// <summary>The endpoint or the route has as many connections as its <c>Limits:MaxConnections</c> says.</summary>
    ConnectionLimitReached = 4,

    /// <summary>The client has as many connections as <c>Limits:MaxConnectionsPerClient</c> of the endpoint or the route says.</summary>
    ClientLimitReached = 5,

    /// <summary>More connections came than <c>Limits:ConnectionRate</c> of the endpoint or the route says.</summary>
    ConnectionRateReached = 6,

    /// <summary>
    /// The client did not go over from plaintext to TLS as its protocol says: it sent more before the answer to its request, asked twice, or spoke
    /// no TLS once that was agreed on.
    /// </summary>
    StartTlsInvalid = 7,

    /// <summary>
    /// No route of an own endpoint takes such a connection, and the server name that the client's TLS gave is none, which even <c>*</c> does not
    /// match: an IP address, an empty one, two of them. The log says which.
    /// </summary>
    ServerNameInvalid = 9,

    /// <summary>A route's action is to reject.</summary>
    RejectedByRoute = 10,

    /// <summary>No route of an own endpoint takes such a connection.</summary>
    NoRoute = 11,

    /// <summary>The client's first bytes did not suffice within <c>PrefaceTimeout</c>, and no route does without.</summary>
    PrefaceTimeout = 12,

    /// <summary>The client's first bytes did not suffice within <c>MaxPrefaceBytes</c>, and no route does without.</summary>
    PrefaceTooLarge = 13,

    /// <summary>The client closed before a route was found.</summary>
    ClientClosedEarly = 14,

    /// <summary>The connection did not begin with the PROXY header that the endpoint requires.</summary>
    ProxyHeaderMissing = 15,

    /// <summary>The PROXY header breaks the rules of its protocol; the log says which.</summary>
    ProxyHeaderInvalid = 16,

    /// <summary>The endpoint requires a PROXY header, and the peer is not one of <c>ProxyProtocol:Trusted</c>.</summary>
    ProxyHeaderUntrusted = 17,

    /// <summary>The firewall of the endpoint or of the route does not admit the client.</summary>
    FirewallDenied = 18,

    /// <summary>The PROXY header was not whole within <c>PrefaceTimeout</c>.</summary>
    ProxyHeaderTimeout = 19,

    /// <summary>The cluster has no destination that could be tried.</summary>
    NoDestination = 20,

    /// <summary>What the client calls itself does not make a host name that may be looked up.</summary>
    DestinationNameRefused = 21,

    /// <summary>The destination's name has no address.</summary>
    ResolveFailed = 22,

    /// <summary>Every destination tried refused; this is the last one's answer.</summary>
    ConnectRefused = 23,

    /// <summary>Every destination tried failed; the last one did not answer within <c>Timeouts:Connect</c>.</summary>
    ConnectTimeout = 24,

    /// <summary>Every destination tried failed; there was no way to the last one.</summary>
    ConnectUnreachable = 25,

    /// <summary>Every destination tried failed; the last one for a reason on this side, such as no descriptor left.</summary>
    ConnectFailed = 26,

    /// <summary>
    /// The destination's TLS failed: in the handshake of the last one tried, as where its certificate is not accepted, or by what
    /// it sent afterwards.
    /// </summary>
    UpstreamTlsFailed = 27,

    /// <summary>Every destination tried failed; the last one's TLS handshake, or its answer whether there is to be one, took longer than <c>Timeouts:TlsHandshake</c>.</summary>
    UpstreamTlsTimeout = 28,

    /// <summary>The application's <see cref="IL4LoadBalancingPolicy"/> threw, took too long or picked what was not there; the log says which.</summary>
    PolicyFailed = 29,

    /// <summary>The client sent RST.</summary>
    ClientReset = 30,

    /// <summary>The client stopped answering.</summary>
    ClientUnreachable = 31,

    /// <summary>The destination sent RST.</summary>
    UpstreamReset = 32,

    /// <summary>The destination stopped answering.</summary>
    UpstreamUnreachable = 33,

    /// <summary>UDP: the destination's host says that nothing listens there (ICMP port unreachable).</summary>
    UpstreamRefused = 34,

    /// <summary>The client's TLS, which ends here, failed: in the handshake or by what it sent afterwards.</summary>
    ClientTlsFailed = 35,

    /// <summary>The client's TLS handshake took longer than <c>HandshakeTimeout</c>.</summary>
    ClientTlsTimeout = 36,

    /// <summary>
    /// The client's connection closed without the end of its TLS (<c>close_notify</c>): what it sent may be cut short. Careless
    /// clients always close so.
    /// </summary>
    ClientTlsTruncated = 37,

    /// <summary>The destination's connection closed without the end of its TLS: what it sent may be cut short.</summary>
    UpstreamTlsTruncated = 38,

    /// <summary>
    /// Every destination tried failed; the last one was asked in plaintext for TLS, as the client's protocol says, and did not agree, or sent more than
    /// its answer; the log says what.
    /// </summary>
    StartTlsRefused = 39,

    /// <summary>No byte either way for <c>Timeouts:Idle</c>.</summary>
    IdleTimeout = 40,

    /// <summary>No byte for <c>Timeouts:HalfClosed</c> after one side had closed.</summary>
    HalfClosedTimeout = 41,

    /// <summary><c>Timeouts:MaxLifetime</c> was over.</summary>
    LifetimeReached = 42,

    /// <summary>Every destination that could be tried has as many connections as its <c>MaxConnections</c> says.</summary>
    DestinationsFull = 43,

    /// <summary>No destination took it within the <c>Timeout</c> of the cluster's <c>Queue</c>; the record says why it waited.</summary>
    QueueTimeout = 44,

    /// <summary>It would have waited in the cluster's <c>Queue</c>, where as many wait as its <c>MaxLength</c> says; the record says what for.</summary>
    QueueFull = 45,

    /// <summary>Its endpoint was removed and <c>DrainTimeout</c> was over.</summary>
    EndpointRemoved = 50,

    /// <summary>Its destination was removed or disabled and <c>DrainTimeout</c> was over.</summary>
    DestinationRemoved = 51,

    /// <summary>The host stopped and <c>ShutdownTimeout</c> was over.</summary>
    Shutdown = 52,

    /// <summary>UDP: its destination's name leads to another address now, and there was no answer from the old one.</summary>
    DestinationMoved = 53,

    /// <summary>Its destination was marked down, and <c>HealthCheck:OnMarkedDown</c> is <c>Cut</c>.</summary>
    DestinationMarkedDown = 57,

    /// <summary>Somebody ended it by the admin API.</summary>
    Killed = 58,

    /// <summary>The application's connection middleware aborted it.</summary>
    AbortedByMiddleware = 54,

    /// <summary>The application's connection middleware served it itself, or returned before what comes next was over.</summary>
    EndedByMiddleware = 55,

    /// <summary>The application's connection middleware threw; the log has the exception.</summary>
    MiddlewareFailed = 56,

    /// <summary>A fault of this program; the log has the exception.</summary>
    InternalError = 60,
}
