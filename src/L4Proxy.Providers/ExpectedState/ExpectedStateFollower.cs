using System.Net;
using System.Net.Http.Headers;
using L4Proxy.Providers.Following;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Providers.ExpectedState;

/// <summary>Asks a control plane what is to be routed, has it in force, and says so. Where it does not answer, or says what cannot be used, what was good last goes on.</summary>
internal sealed class ExpectedStateFollower(
    L4ExpectedStateOptions options, FollowedProvider provider, Func<FollowedConfig> config, IHttpClientFactory clients, TimeProvider time, ILogger<ExpectedStateFollower> log) : BackgroundService
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMinutes(1);

    private readonly ExpectedStateFiles _files = new(options.StateFile is null ? null : Path.GetFullPath(options.StateFile));
    private readonly SemaphoreSlim _asked = new(0);
    private ExpectedStateReport _report = ExpectedStateReport.Nothing;
    private EntityTagHeaderValue? _tag;
    private string? _refusedHash;
    private string? _lastHash;

    /// <summary>Reads what was kept, before anybody asks for it.</summary>
    public void ReadFirst()
    {
        provider.Reloading = () => _asked.Release();
        try
        {
            if (_files.Read() is not { } kept)
                return;
            var imported = ExpectedStateDocument.Parse(kept, _files, options);
            if (imported.Errors.Count > 0)
                return;
            provider.Publish(provider.SnapshotOf(imported));
            _report = ExpectedStateReport.Of(kept);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.ExpectedStateNotKept(e, options.StateFile!);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _asked.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var inForce = config();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var begun = time.GetTimestamp();
            var pause = options.PollInterval;
            try
            {
                var isNew = await PollAsync(inForce, stoppingToken);
                failures = 0;
                var took = time.GetElapsedTime(begun);
                // A server that keeps a request until something has changed is asked again at once; one that does not is not hurried.
                if (options.LongPoll > TimeSpan.Zero && (isNew || took >= s_shortestPause))
                    pause = took < s_shortestPause ? s_shortestPause - took : TimeSpan.Zero;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                pause = TimeSpan.FromTicks(Math.Min(s_shortestPause.Ticks << Math.Min(failures++, 10), s_longestPause.Ticks));
                if (failures == 1)
                    log.ExpectedStateUnreached(e, options.Url.GetLeftPart(UriPartial.Path));
            }
            catch (Exception)
            {
                return; // The host ends.
            }
            await ReportAsync(stoppingToken);
            await WaitAsync(pause, stoppingToken);
        }
    }

    /// <summary>Not all gateways of a fleet ask at once.</summary>
    private async Task WaitAsync(TimeSpan pause, CancellationToken stoppingToken)
    {
        if (pause == TimeSpan.Zero)
            return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var delay = Task.Delay(pause * (0.8 + (Random.Shared.NextDouble() * 0.4)), time, end.Token);
        await Task.WhenAny(delay, _asked.WaitAsync(end.Token));
        await end.CancelAsync();
    }

    /// <summary>Asks, and has in force what is new.</summary>
    /// <returns>Whether there was another document than before.</returns>
    private async Task<bool> PollAsync(FollowedConfig inForce, CancellationToken stoppingToken)
    {
        if (await GetAsync(stoppingToken) is not { } text)
            return false;
        var hash = ExpectedStateDocument.HashOf(text);
        var isNew = hash != _lastHash;
        _lastHash = hash;
        // What is the same but for its order, or was refused already, is no news.
        if (hash.Length > 0 && (hash == _report.Hash || hash == _refusedHash))
        {
            if (hash == _report.Hash)
                (_report, _refusedHash) = (ExpectedStateReport.Of(text), null);
            return false;
        }
        var imported = ExpectedStateDocument.Parse(text, _files, options);
        var errors = imported.Errors.Count > 0 ? inForce.Refuse(imported.Errors) : await inForce.OfferAsync(imported, stoppingToken);
        if (errors.Count > 0)
        {
            // What other configuration is in the way of may be taken the next time.
            (_refusedHash, _report) = (imported.Errors.Count > 0 ? hash : null, _report.Drifted(hash, errors));
            _tag = imported.Errors.Count > 0 ? _tag : null;
            return isNew;
        }
        (_refusedHash, _report) = (null, ExpectedStateReport.Of(text));
        Keep(text);
        return isNew;
    }

    /// <summary>The document; null where it has not changed.</summary>
    private async Task<byte[]?> GetAsync(CancellationToken stoppingToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using var timer = time.CreateTimer(static limit => ((CancellationTokenSource)limit!).Cancel(), limit, options.Timeout + options.LongPoll, System.Threading.Timeout.InfiniteTimeSpan);
        using var request = new HttpRequestMessage(HttpMethod.Get, options.Url);
        if (_tag is not null)
            request.Headers.IfNoneMatch.Add(_tag);
        if (options.LongPoll > TimeSpan.Zero)
            request.Headers.Add("Prefer", $"wait={(long)options.LongPoll.TotalSeconds}");
        using var client = Client();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        if (response.StatusCode == HttpStatusCode.NotModified)
            return null;
        response.EnsureSuccessStatusCode();
        await response.Content.LoadIntoBufferAsync(options.MaxLength, limit.Token);
        _tag = response.Headers.ETag;
        return await response.Content.ReadAsByteArrayAsync(limit.Token);
    }

    private HttpClient Client()
    {
        var client = clients.CreateClient(L4ExpectedStateOptions.HttpClientName);
        client.Timeout = System.Threading.Timeout.InfiniteTimeSpan;
        return client;
    }

    private async Task ReportAsync(CancellationToken stoppingToken)
    {
        if (options.ReportUrl is null)
            return;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            using var timer = time.CreateTimer(static limit => ((CancellationTokenSource)limit!).Cancel(), limit, options.Timeout, System.Threading.Timeout.InfiniteTimeSpan);
            using var content = new ByteArrayContent(_report.ToJson());
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var client = Client();
            using var response = await client.PostAsync(options.ReportUrl, content, limit.Token);
        }
        catch (Exception e)
        {
            // It is told again with the next poll, whatever a handler of the application's makes of it.
            log.ExpectedStateNotReported(e, options.ReportUrl.GetLeftPart(UriPartial.Path));
        }
    }

    private void Keep(byte[] text)
    {
        try
        {
            _files.Write(text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            log.ExpectedStateNotKept(e, options.StateFile!);
        }
    }
}
