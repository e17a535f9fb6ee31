using Microsoft.AspNetCore.Http;

namespace L4Proxy.Api.Live;

/// <summary>What goes through in this second, by whose it is.</summary>
internal sealed class TrafficPart(LiveFeed feed) : IApiPart
{
    public IEnumerable<ApiOperation> Operations =>
    [
        new("GET", "/traffic", "getTraffic", "What goes through in this second, by whose it is: the answer comes when it is over.", AnswerAsync)
        {
            Answer = "Traffic", Query = [("watch", "true: text/event-stream of traffic, every second.")],
        },
    ];

    private async Task AnswerAsync(ApiCall call)
    {
        var isWatch = call.IsWatch;
        using var reader = feed.Join();
        if (isWatch)
        {
            await EventStream.ServeAsync(call, reader, new TrafficWatch());
            return;
        }
        await foreach (var (tick, _) in reader.ReadAsync(call.Aborted))
        {
            await call.AnswerAsync(StatusCodes.Status200OK, tick.Traffic.Write);
            return;
        }
        throw LiveFeed.Stops();
    }
}
