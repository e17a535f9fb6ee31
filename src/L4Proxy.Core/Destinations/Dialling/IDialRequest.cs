using L4Proxy.Configuration;
using L4Proxy.Names;
using L4Proxy.ProxyProtocol;
using L4Proxy.StartTls;
using L4Proxy.Transport;

namespace L4Proxy.Destinations.Dialling;

/// <summary>
/// What a destination is dialled for: a connection, or whoever else wants to know whether it is there. It is the connection itself, for
/// a record of its own would cost each one.
/// </summary>
internal interface IDialRequest
{
    /// <summary>What the route's pattern captured.</summary>
    RouteCaptures Captures { get; }

    /// <summary>The port that the connection came in on.</summary>
    int LocalPort { get; }

    /// <summary>The name that the client asks for.</summary>
    string? ServerName { get; }

    /// <summary>Other than None when it is over: what fails then is nobody's fault.</summary>
    L4EndReason EndReason { get; }

    /// <summary>What was dialled.</summary>
    TransportConnection? Upstream { get; }

    /// <summary>The protocol that the client began in, where a server of it is asked in plaintext for the TLS that comes first; else null.</summary>
    StartTlsProtocol? StartTls { get; }

    /// <summary>Whether the TLS that comes is the client's own, once that has been asked for.</summary>
    bool PassesTlsThrough { get; }

    /// <summary>The TLS that is made to the destination; null where whoever asks makes it.</summary>
    UpstreamTls? TlsOf(ClusterModel cluster) => cluster.Tls;

    /// <summary>Sets what whoever ends it, or its time, aborts; if it was ended before, aborts it at once.</summary>
    void SetDialled(IAbortable dialled);

    /// <summary>The time for all addresses of an attempt, the PROXY header included, begins.</summary>
    void StartConnect();

    /// <summary>The time for the TLS handshake, or for asking for it, begins.</summary>
    void StartHandshake();

    /// <summary>What was timed is done.</summary>
    /// <returns>False when its time was over first.</returns>
    bool StopTimer();

    /// <summary>The PROXY header, where the cluster wants one.</summary>
    ProxyHeader HeaderFor(L4ProxyProtocolOut config);
}
