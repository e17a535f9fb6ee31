using L4Proxy.Sessions;

namespace L4Proxy;

/// <inheritdoc/>
internal sealed class L4Sessions(ProxyServer server, TimeProvider time) : IL4Sessions
{
    public int Count => server.SessionCount;

    public IReadOnlyList<L4SessionInfo> GetAll() => [.. server.Sessions.OrderBy(session => session.Id).Select(session => Describe(session, time))];

    /// <summary>A session as it is now.</summary>
    public static L4SessionInfo Describe(ISessionRecord session, TimeProvider time)
    {
        var route = session.Route;
        return new()
        {
            Id = session.Id,
            IsUdp = session.Endpoint.IsUdp,
            EndpointId = session.Endpoint.Id,
            RouteId = route?.Id,
            ClusterId = route?.Cluster?.Id,
            DestinationId = session.Destination?.Id,
            ClientEndPoint = session.ClientEndPoint,
            UpstreamEndPoint = session.UpstreamEndPoint,
            ServerName = session.ServerName,
            BytesUp = session.BytesUp,
            BytesDown = session.BytesDown,
            Since = time.GetUtcNow() - time.GetElapsedTime(session.StartTimestamp),
            EndReason = session.EndReason,
        };
    }
}
