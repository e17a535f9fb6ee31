using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace L4Proxy.Api.Live;

/// <summary>An answer that goes on until its client goes away or the host begins to stop.</summary>
internal static class EventStream
{
    // What a client that reads needs at the most for what is left of its stream when the host stops.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    public static async Task ServeAsync(ApiCall call, LiveReader reader, IEventSource source)
    {
        var response = call.Http.Response;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, reader.Stopping);
        var time = call.Http.RequestServices.GetRequiredService<TimeProvider>();
        using var events = new EventWriter(response, time, over.Token);
        (response.StatusCode, response.ContentType) = (StatusCodes.Status200OK, "text/event-stream");
        response.Headers.CacheControl = "no-store";
        call.Http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            // Its client knows by the headers that it is there, and the first event may be long in coming.
            await response.BodyWriter.FlushAsync(over.Token);
            await source.BeginAsync(events);
            await events.FlushAsync();
            await foreach (var (tick, isGap) in reader.ReadAsync(call.Aborted))
            {
                await source.TellAsync(tick, isGap, events);
                events.Beat();
                await events.FlushAsync();
            }
            await EndAsync(call.Http, time);
        }
        catch (OperationCanceledException) when (reader.Stopping.IsCancellationRequested)
        {
            // Who takes nothing would hold the shutdown up.
            call.Http.Abort();
        }
    }

    /// <summary>Ends an answer in order, for who takes it: Kestrel waits for who does not until the host's time to stop is over.</summary>
    private static async Task EndAsync(HttpContext http, TimeProvider time)
    {
        try
        {
            await http.Response.CompleteAsync().WaitAsync(s_patience, time);
        }
        catch (TimeoutException)
        {
            http.Abort();
        }
        // HTTP/1.1's is complete as soon as it is buffered. The connection, which is that of this answer alone, is closed by then where it was taken.
        if (HttpProtocol.IsHttp11(http.Request.Protocol) && http.Features.Get<IConnectionLifetimeFeature>() is { } connection)
            time.CreateTimer(static connection => ((IConnectionLifetimeFeature)connection!).Abort(), connection, s_patience, Timeout.InfiniteTimeSpan);
    }
}
