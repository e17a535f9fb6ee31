using L4Proxy.Configuration.Reading;
using L4Proxy.Taps;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Api.Live;

/// <summary>What chosen connections and flows say from now on, as a file that Wireshark opens. The answer is the file, and goes on until the tap is over or its client goes away.</summary>
internal sealed class TapPart(TapSet taps, TimeProvider time, ILogger<L4ProxyApi> log) : IApiPart
{
    private const int MaxConnections = 10_000, MaxBytes = 1 << 30, MaxSeconds = 3600;
    private const int DefaultConnections = 100, DefaultBytes = 16 << 20, DefaultSeconds = 60;

    // A destination is not known yet when it is decided.
    private static readonly (string Name, string Summary)[] s_queries =
    [
        .. ConnectionFilter.Queries.Where(query => query.Name != "destination"),
        ("connections", $"At most the next so many. Default: {DefaultConnections}."),
        ("bytes", $"At most so many bytes of what they say. Default: {DefaultBytes}."),
        ("seconds", $"At most for so long. Default: {DefaultSeconds}."),
    ];

    public IEnumerable<ApiOperation> Operations =>
    [
        new("POST", "/taps", "tap", "What the next connections and flows that match say, as pcapng; decrypted where their TLS ends here.", TapAsync) { Query = s_queries },
    ];

    private async Task TapAsync(ApiCall call)
    {
        CheckQuery(call);
        var filter = ConnectionFilter.Of(call);
        var limits = new TapLimits(call.Number("connections", 1, MaxConnections) ?? DefaultConnections, call.Number("bytes", 1, MaxBytes) ?? DefaultBytes);
        var seconds = call.Number("seconds", 1, MaxSeconds) ?? DefaultSeconds;
        var tap = new Tap(session => filter.Takes(L4Sessions.Describe(session, time)), limits);
        if (!taps.TryAdd(tap))
            throw ApiProblem.Conflict($"There are {TapSet.Most} taps already.");
        var client = call.Http.Connection.RemoteIpAddress;
        log.Tapped(client, Quote.Plain(call.Http.Request.QueryString.Value ?? ""));
        var stopping = call.Http.RequestServices.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? default;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted, stopping);
        try
        {
            await using var end = time.CreateTimer(static tap => ((Tap)tap!).End(), tap, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
            await using var cut = over.Token.Register(tap.End);
            await WriteAsync(call.Http.Response, tap, over.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Who takes nothing would hold the shutdown up.
            call.Http.Abort();
        }
        finally
        {
            taps.Remove(tap);
            log.TapEnded(client, tap.Sessions, tap.Bytes, tap.Dropped);
        }
    }

    // One with a slip in its name would tap others.
    private static void CheckQuery(ApiCall call)
    {
        if (call.Http.Request.Query.Keys.FirstOrDefault(key => !s_queries.Any(query => query.Name.Equals(key, StringComparison.OrdinalIgnoreCase))) is { } unknown)
            throw ApiProblem.Bad($"{Quote.Text(unknown)} says nothing of a tap. There are {string.Join(", ", s_queries.Select(query => query.Name))}.");
    }

    private async Task WriteAsync(HttpResponse response, Tap tap, CancellationToken cancellationToken)
    {
        (response.StatusCode, response.ContentType) = (StatusCodes.Status200OK, "application/x-pcapng");
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentDisposition = "attachment; filename=\"l4proxy.pcapng\"";
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await response.Body.WriteAsync(Pcapng.Header(), cancellationToken);
        await response.Body.FlushAsync(cancellationToken);
        await foreach (var block in tap.ReadAsync())
        {
            await response.Body.WriteAsync(block, cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
        await response.Body.WriteAsync(Pcapng.Statistics(time.GetUtcNow(), tap.Dropped), cancellationToken);
    }
}
