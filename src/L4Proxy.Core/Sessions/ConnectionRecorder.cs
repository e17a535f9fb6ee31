using L4Proxy.Configuration;
using L4Proxy.Destinations;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Sessions;

/// <summary>Station record: exactly one record a connection or flow, in one place, to the access log, the metrics and the trace; and when it got through the stations before.</summary>
internal sealed class ConnectionRecorder
{
    private readonly ProxyMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly QueuedLogger _log;
    private readonly DebugLogger _debug;
    private readonly Lock _watching = new();
    private volatile Settings _settings;
    private volatile ISessionWatch[] _watches = [];

    /// <summary>Records with the defaults until it is configured.</summary>
    public ConnectionRecorder(ProxyMetrics metrics, ILoggerFactory loggers, LogQueue queue, TimeProvider time)
    {
        (_metrics, _time) = (metrics, time);
        _log = new QueuedLogger(loggers.CreateLogger(Log.AccessCategory), queue);
        _debug = new DebugLogger(_log);
        _settings = SettingsOf(null);
    }

    /// <summary>A new configuration is in force.</summary>
    public void Configure(L4AccessLog? config)
    {
        Flush();
        _settings = SettingsOf(config);
    }

    /// <summary>Who watches connections come and go; empty while nobody does.</summary>
    public IReadOnlyList<ISessionWatch> Watches => _watches;

    /// <summary>Somebody watches from now on.</summary>
    public void Add(ISessionWatch watch)
    {
        lock (_watching)
            _watches = [.. _watches, watch];
    }

    /// <summary>And no longer.</summary>
    public void Remove(ISessionWatch watch)
    {
        lock (_watching)
            _watches = [.. _watches.Where(other => other != watch)];
    }

    public void Started(ISessionRecord session)
    {
        foreach (var watch in _watches)
            watch.Started();
        session.IsCounted = _metrics.Started(session);
        session.Trace = SessionTrace.Start(session);
    }

    /// <summary>It is known what route takes a connection, or that none does, or it ended before.</summary>
    public void Decided(ISessionRecord session, ref StationTimes times)
    {
        times.NoteMatched(_time.GetElapsedTime(session.StartTimestamp));
        _metrics.Decided(session);
        session.Trace?.Matched(session);
    }

    /// <summary>Its destination is there, after so long a dial.</summary>
    public void Connected(ISessionRecord session, ref StationTimes times, DestinationModel destination, TimeSpan took)
    {
        foreach (var watch in _watches)
            watch.Connected(took);
        times.NoteConnected(_time.GetElapsedTime(session.StartTimestamp));
        _metrics.Connected(session, destination, took);
        session.Trace?.Connected(session, destination);
    }

    public void Ended(ISessionRecord session)
    {
        foreach (var watch in _watches)
            watch.Ended(session);
        var elapsed = _time.GetElapsedTime(session.StartTimestamp);
        _metrics.Ended(session, session.IsCounted, elapsed);
        session.Trace?.End(session);
        // An HTTP connection goes on; what becomes of it is Kestrel's to record.
        if (session.EndReason == L4EndReason.HandedToHttp)
            return;
        var isEmpty = IsEmpty(session);
        // Who only looks whether the port is open, and got no further, is of no interest as a rule.
        ILogger log = isEmpty && session.Destination is null ? _debug : _log;
        if (ShouldWrite(log, isEmpty))
            AccessRecord.Write(log, session, elapsed);
    }

    /// <summary>Whether the record of a connection that no route takes is to say why: no more often than there are records.</summary>
    public bool TryTakeExplanation()
    {
        var settings = _settings;
        return settings.Enabled && _log.IsEnabled(LogLevel.Information) && settings.Explanations.TryTake();
    }

    /// <summary>Says what was not written and not said yet.</summary>
    public void Flush()
    {
        if (_settings.Limit.TakeDropped() is > 0 and var dropped)
            _log.RecordsDropped(dropped);
    }

    /// <summary>Whether a client connected and closed, and no byte moved either way.</summary>
    private static bool IsEmpty(ISessionRecord session) => session is
    {
        IsSilent: true, BytesDown: 0, EndReason: L4EndReason.Completed or L4EndReason.ClientClosedEarly or L4EndReason.ClientReset,
    };

    private Settings SettingsOf(L4AccessLog? config) => new(
        L4AccessLog.Keys.Enabled.Of(config), L4AccessLog.Keys.SkipEmpty.Of(config), L4AccessLog.Keys.Sampling.Of(config),
        new PerSecondLimit(_time, L4AccessLog.Keys.MaxPerSecond.Of(config)), new PerSecondLimit(_time, L4AccessLog.Keys.MaxPerSecond.Of(config)));

    private bool ShouldWrite(ILogger log, bool isEmpty)
    {
        var settings = _settings;
        if (!settings.Enabled || (isEmpty && settings.SkipEmpty) || !log.IsEnabled(LogLevel.Information))
            return false;
        if (settings.Sampling < 1 && Random.Shared.NextDouble() >= settings.Sampling)
            return false;
        if (!settings.Limit.TryTake())
            return false;
        if (settings.Limit.TakeDropped() is > 0 and var dropped)
            _log.RecordsDropped(dropped);
        return true;
    }

    private sealed record Settings(bool Enabled, bool SkipEmpty, double Sampling, PerSecondLimit Limit, PerSecondLimit Explanations);
}
