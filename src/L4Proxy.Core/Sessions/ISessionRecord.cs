using System.Net;
using L4Proxy.Destinations;
using L4Proxy.Destinations.LoadBalancing;
using L4Proxy.Routing;
using L4Proxy.Snapshot;
using L4Proxy.Tls;

namespace L4Proxy.Sessions;

/// <summary>What is recorded of a TCP connection or a UDP flow.</summary>
internal interface ISessionRecord : IBalancedSession
{
    /// <summary>When it began, for measuring.</summary>
    long StartTimestamp { get; }

    EndpointModel Endpoint { get; }

    RouteModel? Route { get; }

    string IBalancedSession.EndpointId => Endpoint.Id;

    string? IBalancedSession.RouteId => Route?.Id;

    /// <summary>More of why it ended, in short: why no route took it, or what it waited for; null where there is none, or nobody wanted to know.</summary>
    string? Why => null;

    DestinationModel? Destination { get; }

    /// <summary>The destination's address, once there is a socket to it.</summary>
    EndPoint? UpstreamEndPoint { get; }

    long BytesUp { get; }

    long BytesDown { get; }

    /// <summary>How many of them have reached the other side for certain: those that are still under way may never.</summary>
    (long Up, long Down) Delivered { get; }

    /// <summary>What the meter has heard of.</summary>
    ref ReportedBytes Reported { get; }

    /// <summary>Whether the client never sent a byte.</summary>
    bool IsSilent { get; }

    /// <summary>How many destinations it was given.</summary>
    int Tries { get; }

    /// <summary>When it had got through stations, where that is known.</summary>
    StationTimes Times => default;

    /// <summary>What its first bytes are, where they were looked at; null where nothing is known of them.</summary>
    string? Protocols => null;

    /// <summary>Who sent the PROXY header that names the client; null where none did.</summary>
    EndPoint? ProxyPeer => null;

    /// <summary>What was agreed on with the client, where its TLS ends here.</summary>
    TlsFacts? ClientTls => null;

    /// <summary>Its trace; null where nobody wants one.</summary>
    SessionTrace? Trace { get; set; }

    /// <summary>Whether the gauge of active ones counted it in.</summary>
    bool IsCounted { get; set; }
}
