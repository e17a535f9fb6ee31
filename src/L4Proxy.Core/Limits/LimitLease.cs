using System.Net;

namespace L4Proxy.Limits;

/// <summary>What a connection or a flow is counted against, to be given back once: the endpoint's limit and the route's. There is none where there is no limit.</summary>
internal sealed class LimitLease
{
    private readonly IPAddress? _client;
    private ConnectionLimit? _endpoint;
    private ConnectionLimit? _route;

    private LimitLease(ConnectionLimit limit, IPAddress? client) => (_endpoint, _client) = (limit, client);

    /// <summary>A session is counted against one more limit.</summary>
    /// <param name="lease">The session's.</param>
    /// <param name="limit">The limit; null is none.</param>
    /// <param name="client">The real client, the same each time.</param>
    /// <returns>None, or which limit was reached.</returns>
    public static L4EndReason TryTake(ref LimitLease? lease, ConnectionLimit? limit, IPAddress? client)
    {
        var reached = limit?.TryEnter(client) ?? L4EndReason.None;
        if (limit is null || reached != L4EndReason.None)
            return reached;
        if (lease is null)
            lease = new(limit, client);
        else
            lease._route = limit;
        return L4EndReason.None;
    }

    /// <summary>Gives everything back; a second time nothing.</summary>
    public void Release()
    {
        _endpoint?.Leave(_client);
        _route?.Leave(_client);
        (_endpoint, _route) = (null, null);
    }
}
