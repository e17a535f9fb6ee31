using L4Proxy.Store;

namespace L4Proxy.Api.Live;

/// <summary>What happens, as it happens.</summary>
internal sealed class EventPart(LiveFeed feed, IL4DestinationHealth health, StoreSession store) : IApiPart
{
    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/events", "watchEvents", "A text/event-stream of configuration, health and, every second, connections.", WatchAsync) { Answer = "Event" },
    ];

    private async Task WatchAsync(ApiCall call)
    {
        using var reader = feed.Join();
        await EventStream.ServeAsync(call, reader, new EventWatch(feed, health, store));
    }
}
