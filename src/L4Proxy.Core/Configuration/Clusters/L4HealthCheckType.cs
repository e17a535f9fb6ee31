namespace L4Proxy.Configuration;

/// <summary>What a probe of a destination does.</summary>
public enum L4HealthCheckType
{
    /// <summary>Connects; what the check says to send and to expect is plaintext, also where the cluster speaks TLS.</summary>
    Tcp,

    /// <summary>
    /// Connects and makes a TLS handshake. Where the cluster speaks TLS the certificate is verified as for connections; where clients' TLS passes through, any is
    /// taken: whether it is to be trusted is for them to say.
    /// </summary>
    Tls,

    /// <summary>A GET over HTTP/1.1, in TLS where the cluster speaks TLS. A status of 200 to 399 is a success.</summary>
    Http,

    /// <summary>
    /// Sends a datagram. Where no answer is expected, only an ICMP message that nobody is there is a failure, as with nginx, and a second of silence a success.
    /// </summary>
    Udp,

    /// <summary>
    /// Connects and reads one line, as HAProxy's <c>agent-check</c>: <c>75%</c>, <c>up</c>, <c>down</c>, <c>fail</c>, <c>stopped</c>, <c>drain</c>, <c>maint</c>,
    /// <c>ready</c>, <c>maxconn:N</c>. An agent that says nothing changes nothing.
    /// </summary>
    Agent,
}
