using System.Net;
using System.Text.Json;
using L4Proxy.Http;

namespace L4Proxy.Api.Live;

/// <summary>What goes through, and whose it is.</summary>
internal sealed class Traffic(DateTimeOffset at, SessionChanges sessions)
{
    private const int MaxShares = 100;

    private readonly IReadOnlyList<TrafficShare> _endpoints = SharesOf(sessions, session => session.EndpointId);
    private readonly IReadOnlyList<TrafficShare> _routes = SharesOf(sessions, session => session.RouteId);
    private readonly IReadOnlyList<TrafficShare> _clusters = SharesOf(sessions, session => session.ClusterId);
    private readonly IReadOnlyList<TrafficShare> _destinations = SharesOf(sessions, session => session.DestinationId, session => session.ClusterId);
    private readonly IReadOnlyList<TrafficShare> _clients = SharesOf(sessions, session => ClientAddress.Unmap((session.ClientEndPoint as IPEndPoint)?.Address)?.ToString());
    private readonly IReadOnlyList<TrafficShare> _names = SharesOf(sessions, session => session.ServerName);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("at", at);
        json.WriteNumber("connections", sessions.Rates.Count);
        json.WriteNumber("openedPerSecond", sessions.Rates.Opened);
        json.WriteNumber("closedPerSecond", sessions.Rates.Closed);
        json.WriteNumber("bytesUpPerSecond", sessions.Rates.BytesUp);
        json.WriteNumber("bytesDownPerSecond", sessions.Rates.BytesDown);
        Write(json, "endpoints", "id", _endpoints);
        Write(json, "routes", "id", _routes);
        Write(json, "clusters", "id", _clusters);
        Write(json, "destinations", "id", _destinations);
        Write(json, "clients", "address", _clients);
        Write(json, "names", "sni", _names);
        json.WriteEndObject();
    }

    private void Write(Utf8JsonWriter json, string kind, string name, IReadOnlyList<TrafficShare> shares)
    {
        json.WriteStartArray(kind);
        foreach (var share in shares)
            share.Write(json, name, sessions.Rates.Seconds);
        json.WriteEndArray();
    }

    private static IReadOnlyList<TrafficShare> SharesOf(SessionChanges sessions, Func<L4SessionInfo, string?> nameOf, Func<L4SessionInfo, string?>? clusterOf = null)
    {
        var shares = new Dictionary<(string? Cluster, string Name), TrafficShare>();
        foreach (var session in sessions.Live)
            ShareOf(session)?.Count();
        foreach (var move in sessions.Moved)
            ShareOf(move.Session)?.Add(move);
        return [.. shares.Values.OrderByDescending(share => share.Bytes).ThenByDescending(share => share.Connections).ThenBy(share => share.Name, StringComparer.Ordinal).Take(MaxShares)];

        TrafficShare? ShareOf(L4SessionInfo session)
        {
            if (nameOf(session) is not { } name)
                return null;
            var cluster = clusterOf?.Invoke(session);
            if (!shares.TryGetValue((cluster, name), out var share))
                shares.Add((cluster, name), share = new TrafficShare(name, cluster));
            return share;
        }
    }
}
