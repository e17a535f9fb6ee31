using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Api.Live;

/// <summary>An answer that goes on until its client goes away or the host begins to stop.</summary>
internal static class EventStream
{
    public static async Task ServeAsync(ApiCall call, LiveReader reader, IEventSource source)
    {
        var response = call.Http.Response;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, reader.Stopping);
        using var events = new EventWriter(response, call.Http.RequestServices.GetRequiredService<TimeProvider>(), over.Token);
        (response.StatusCode, response.ContentType) = (StatusCodes.Status200OK, "text/event-stream");
        response.Headers.CacheControl = "no-store";
        call.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await response.StartAsync(over.Token);
            await source.BeginAsync(events);
            await events.FlushAsync();
            await foreach (var (tick, isGap) in reader.ReadAsync(call.Aborted))
            {
                await source.TellAsync(tick, isGap, events);
                events.Beat();
                await events.FlushAsync();
            }
        }
        catch (OperationCanceledException) when (reader.Stopping.IsCancellationRequested)
        {
            // Who takes nothing would hold the shutdown up.
            call.Http.Abort();
        }
    }
}
