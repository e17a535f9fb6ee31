namespace L4Proxy.Api.Live;

/// <summary>Tells a watcher every second what goes through.</summary>
internal sealed class TrafficWatch : IEventSource
{
    public Task BeginAsync(EventWriter events) => Task.CompletedTask;

    public Task TellAsync(LiveTick tick, bool isGap, EventWriter events) => events.WriteAsync("traffic", tick.Traffic.Write).AsTask();
}
