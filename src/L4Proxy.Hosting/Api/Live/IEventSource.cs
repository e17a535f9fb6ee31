namespace L4Proxy.Api.Live;

/// <summary>What one watcher is told.</summary>
internal interface IEventSource
{
    /// <summary>What there is when it comes.</summary>
    Task BeginAsync(EventWriter events);

    /// <summary>What has changed.</summary>
    /// <param name="tick">What was found.</param>
    /// <param name="isGap">Whether there was more before it that this watcher has missed.</param>
    /// <param name="events">Where it is told.</param>
    Task TellAsync(LiveTick tick, bool isGap, EventWriter events);
}
