using L4Proxy.Sessions;

namespace L4Proxy;

/// <inheritdoc/>
internal sealed class L4Sessions(ProxyServer server, TimeProvider time) : IL4Sessions
{
    public int Count => server.SessionCount;

    public IReadOnlyList<L4SessionInfo> GetAll()
    {
        var now = time.GetUtcNow();
        return [.. server.Sessions.OrderBy(session => session.Id).Select(session => Describe(session, now))];
    }

    private L4SessionInfo Describe(ISessionRecord session, DateTimeOffset now)
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
            Since = now - time.GetElapsedTime(session.StartTimestamp),
        };
    }
}
