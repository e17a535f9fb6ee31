namespace L4Proxy.Api.Live;

/// <summary>Tells a watcher of the connections and flows that it asks for.</summary>
internal sealed class ConnectionWatch(IL4Sessions sessions, ConnectionFilter filter) : IEventSource
{
    private readonly HashSet<long> _told = [];

    public async Task BeginAsync(EventWriter events)
    {
        foreach (var session in sessions.GetAll().Where(filter.Takes))
        {
            _told.Add(session.Id);
            await WriteAsync(events, "snapshot", session);
        }
        await events.WriteAsync("ready", json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", _told.Count);
            json.WriteEndObject();
        });
    }

    public async Task TellAsync(LiveTick tick, bool isGap, EventWriter events)
    {
        if (isGap)
        {
            // What is not in what follows is gone.
            _told.Clear();
            await events.WriteAsync("reset", static json =>
            {
                json.WriteStartObject();
                json.WriteEndObject();
            });
            await BeginAsync(events);
            return;
        }
        // A route is found some time after a connection is there, and then it is one that is asked for.
        foreach (var session in tick.Sessions.Opened.Concat(tick.Sessions.Changed))
        {
            if (_told.Contains(session.Id))
                await WriteAsync(events, "changed", session);
            else if (filter.Takes(session) && _told.Add(session.Id))
                await WriteAsync(events, "opened", session);
        }
        foreach (var session in tick.Sessions.Closed)
        {
            if (_told.Remove(session.Id))
                await WriteAsync(events, "closed", session);
        }
    }

    private static ValueTask WriteAsync(EventWriter events, string name, L4SessionInfo session) => events.WriteAsync(name, json => ConnectionJson.Write(json, session));
}
