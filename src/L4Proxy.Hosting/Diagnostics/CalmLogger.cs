using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Diagnostics;

/// <summary>Of each event that is a warning or worse at most so many lines a second, and one of them with its stack trace.</summary>
internal sealed class CalmLogger(ILogger log, string category, DroppedLines dropped, int perSecond) : ILogger
{
    // A program has so many events and no more: what is over it counts as one.
    private const int MostEvents = 100;

    private readonly ConcurrentDictionary<int, Limits> _limits = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel < LogLevel.Warning)
        {
            log.Log(logLevel, eventId, state, exception, formatter);
            return;
        }

        if (!log.IsEnabled(logLevel))
            return;
        var limits = LimitsOf(eventId);
        if (limits.Lines.TryTake())
            log.Log(logLevel, eventId, state, exception is not null && limits.Traces.TryTake() ? exception : null, formatter);
    }

    private Limits LimitsOf(EventId id)
    {
        var key = _limits.Count < MostEvents || _limits.ContainsKey(id.Id) ? id.Id : 0;
        return _limits.GetOrAdd(key, static (_, it) => new(it.Dropped.Limit(it.PerSecond, it.What), it.Dropped.Unsaid(1)), (Dropped: dropped, PerSecond: perSecond, What: $"{category}, event {id.Name ?? $"{key}"},"));
    }

    private sealed record Limits(PerSecondLimit Lines, PerSecondLimit Traces);
}
