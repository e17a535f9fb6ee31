using System.Net;
using L4Proxy.Configuration;

namespace L4Proxy.Limits;

/// <summary>What the connections and flows of an endpoint or a route are counted against. A reload changes the numbers and keeps the counts. From any thread.</summary>
internal sealed class ConnectionLimit
{
    private readonly Counts _counts;
    private readonly TimeProvider _time;
    private readonly int _most;
    private readonly int _mostOfClient;
    private readonly long _interval;
    private readonly int _burst;
    private readonly bool _isRatePerClient;

    private ConnectionLimit(L4Limits config, Counts counts, TimeProvider time)
    {
        (_counts, _time) = (counts, time);
        (_most, _mostOfClient) = (config.MaxConnections ?? int.MaxValue, config.MaxConnectionsPerClient ?? int.MaxValue);
        if (config.ConnectionRate is not { Permits: { } permits } rate)
            return;
        _interval = Math.Max(1, (long)(L4ConnectionRate.Keys.Window.Of(rate).TotalSeconds * time.TimestampFrequency / permits));
        (_burst, _isRatePerClient) = (rate.Burst ?? permits, L4ConnectionRate.Keys.PerClient.Of(rate));
    }

    /// <summary>As configured; null where nothing is.</summary>
    /// <param name="config">What is configured.</param>
    /// <param name="before">What was counted by until now.</param>
    /// <param name="time">The clock of rates.</param>
    public static ConnectionLimit? Create(L4Limits? config, ConnectionLimit? before, TimeProvider time) =>
        config is { MaxConnections: not null } or { MaxConnectionsPerClient: not null } or { ConnectionRate.Permits: not null }
            ? new(config, before?._counts ?? new Counts(), time)
            : null;

    /// <summary>Counts one in.</summary>
    /// <param name="client">The real client's address; null if it has no IP address, and so is nobody's in particular.</param>
    /// <returns>None, or which limit was reached: nothing was counted then.</returns>
    public L4EndReason TryEnter(IPAddress? client)
    {
        if (!_counts.All.TryEnter(_most))
            return L4EndReason.ConnectionLimitReached;
        var network = client is null ? default : ClientNetwork.Of(client);
        // Counted where it is no limit, too: one may come by a reload.
        if (client is not null && !_counts.Clients.TryEnter(network, _mostOfClient))
        {
            _counts.All.Leave();
            return L4EndReason.ClientLimitReached;
        }
        if (_interval == 0 || _counts.Rate.TryTake(_isRatePerClient ? network : default, _interval, _burst, _time.GetTimestamp()))
            return L4EndReason.None;
        Leave(client);
        return L4EndReason.ConnectionRateReached;
    }

    /// <summary>Counts one out.</summary>
    public void Leave(IPAddress? client)
    {
        _counts.All.Leave();
        if (client is not null)
            _counts.Clients.Leave(ClientNetwork.Of(client));
    }

    private sealed class Counts
    {
        public FlowCount All { get; } = new();

        public ClientCounts Clients { get; } = new();

        public RateBuckets Rate { get; } = new();
    }
}
