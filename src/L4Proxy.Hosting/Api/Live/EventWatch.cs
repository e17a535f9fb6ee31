using System.Text.Json;
using L4Proxy.Configuration;
using L4Proxy.Store;

namespace L4Proxy.Api.Live;

/// <summary>Tells a watcher of configurations, of destinations, and of how much goes through. It compares with what it told last, and so misses nothing for good.</summary>
internal sealed class EventWatch(LiveFeed feed, IL4DestinationHealth health, StoreSession store) : IEventSource
{
    private Dictionary<(string Cluster, string Id), L4DestinationHealth> _told = [];
    private long _load;

    public async Task BeginAsync(EventWriter events)
    {
        var load = feed.Now;
        _load = load.Number;
        _told = ByName(health.GetDestinations());
        await events.WriteAsync("configuration", load.Write);
    }

    public async Task TellAsync(LiveTick tick, bool isGap, EventWriter events)
    {
        foreach (var load in tick.Loads.Where(load => load.Number > _load))
        {
            _load = load.Number;
            await events.WriteAsync("configuration", load.Write);
        }
        await TellAsync(tick.Destinations, events);
        await events.WriteAsync("connections", json => Write(json, tick.Sessions.Rates));
    }

    private async Task TellAsync(IReadOnlyList<L4DestinationStatus> destinations, EventWriter events)
    {
        var now = ByName(destinations);
        foreach (var (name, current) in now)
        {
            var was = _told.TryGetValue(name, out var before) ? before : (L4DestinationHealth?)null;
            if (was == current)
                continue;
            var reason = destinations.FirstOrDefault(status => status.ClusterId == name.Cluster && status.DestinationId == name.Id);
            await events.WriteAsync("health", json => Write(json, name, current, was, reason?.DownReason ?? reason?.LastFailure?.ToString()));
        }
        foreach (var (name, was) in _told.Where(item => item.Value != L4DestinationHealth.Removed && !now.ContainsKey(item.Key)))
            await events.WriteAsync("health", json => Write(json, name, L4DestinationHealth.Removed, was, null));
        _told = now;
    }

    // One that was replaced is there twice, and comes last.
    private static Dictionary<(string Cluster, string Id), L4DestinationHealth> ByName(IReadOnlyList<L4DestinationStatus> destinations)
    {
        var byName = new Dictionary<(string Cluster, string Id), L4DestinationHealth>();
        foreach (var status in destinations)
            byName.TryAdd((status.ClusterId, status.DestinationId), status.Health);
        return byName;
    }

    private void Write(Utf8JsonWriter json, (string Cluster, string Id) name, L4DestinationHealth now, L4DestinationHealth? was, string? reason)
    {
        json.WriteStartObject();
        json.WriteString("cluster", name.Cluster);
        json.WriteString("id", name.Id);
        json.WriteString("health", LiveDestination.NameOf(now));
        if (was is { } before)
            json.WriteString("was", LiveDestination.NameOf(before));
        json.WriteBoolean("drained", store.Current.Overrides.GetValueOrDefault(DestinationOverride.IdOf(name.Cluster, name.Id)) is { IsDrained: true });
        if (reason is not null)
            json.WriteString("reason", reason);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LiveRates rates)
    {
        json.WriteStartObject();
        json.WriteNumber("count", rates.Count);
        json.WriteNumber("openedPerSecond", rates.Opened);
        json.WriteNumber("closedPerSecond", rates.Closed);
        json.WriteNumber("bytesUpPerSecond", rates.BytesUp);
        json.WriteNumber("bytesDownPerSecond", rates.BytesDown);
        json.WriteEndObject();
    }
}
