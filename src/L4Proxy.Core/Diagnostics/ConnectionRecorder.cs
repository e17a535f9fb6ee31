using L4Proxy.Configuration;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Diagnostics;

/// <summary>Station record: exactly one record a connection or flow, in one place, to the access log and the metrics.</summary>
internal sealed class ConnectionRecorder(ProxyMetrics metrics, ILoggerFactory loggers, LogQueue queue, TimeProvider time)
{
    private readonly QueuedLogger _log = new QueuedLogger(loggers.CreateLogger(Log.AccessCategory), queue);
    private volatile Settings _settings = new(true, 1, new PerSecondLimit(time, 1000));

    /// <summary>A new configuration is in force.</summary>
    public void Configure(L4AccessLog? config) => _settings = new(
        config?.Enabled ?? true, config?.Sampling ?? 1, new PerSecondLimit(time, config?.MaxPerSecond ?? 1000));

    public void Started(ISessionRecord session) => session.IsCounted = metrics.Started(session);

    public void Ended(ISessionRecord session)
    {
        var elapsed = time.GetElapsedTime(session.StartTimestamp);
        metrics.Ended(session, session.IsCounted, elapsed);
        // An HTTP connection goes on; what becomes of it is Kestrel's to record.
        if (session.EndReason != L4EndReason.HandedToHttp && ShouldWrite())
            Write(session, elapsed);
    }

    /// <summary>Says what was not written and not said yet.</summary>
    public void Flush()
    {
        if (_settings.Limit.TakeDropped() is > 0 and var dropped)
            _log.RecordsDropped(dropped);
    }

    private void Write(ISessionRecord session, TimeSpan elapsed) => _log.ConnectionEnded(
        session.Id, session.ClientEndPoint, session.Endpoint.Id, session.ServerName, session.Route?.Id,
        session.Route?.Cluster?.Id, session.Destination?.Id, session.BytesUp, session.BytesDown, (long)elapsed.TotalMilliseconds,
        session.EndReason);

    private bool ShouldWrite()
    {
        var settings = _settings;
        if (!settings.Enabled || !_log.IsEnabled(LogLevel.Information))
            return false;
        if (settings.Sampling < 1 && Random.Shared.NextDouble() >= settings.Sampling)
            return false;
        if (!settings.Limit.TryTake())
            return false;
        if (settings.Limit.TakeDropped() is > 0 and var dropped)
            _log.RecordsDropped(dropped);
        return true;
    }

    private sealed record Settings(bool Enabled, double Sampling, PerSecondLimit Limit);
}
