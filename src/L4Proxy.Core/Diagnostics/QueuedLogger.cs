using Microsoft.Extensions.Logging;

namespace L4Proxy.Diagnostics;

/// <summary>
/// Logs by way of a <see cref="LogQueue"/> on the threads that use one, and at once on others. A provider that fails ends nothing but its line:
/// <see cref="ILogger"/> passes on what it throws.
/// </summary>
internal class QueuedLogger(ILogger log, LogQueue queue) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return log.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!LogQueue.IsUsedHere)
            LogHere(logLevel, eventId, state, exception, formatter);
        else if (IsEnabled(logLevel))
            queue.Add(new Line<TState>(log, logLevel, eventId, state, exception, formatter));
    }

    private bool LogHere<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            log.Log(logLevel, eventId, state, exception, formatter);
            return true;
        }
        catch (Exception)
        {
            return false; // Of a provider that fails there is nobody to tell.
        }
    }

    private sealed class Line<TState>(
        ILogger log, LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter) : LogLine
    {
        public override void Write() => log.Log(level, id, state, exception, formatter);
    }
}

/// <summary>That of one category.</summary>
/// <typeparam name="T">What the category is named after.</typeparam>
internal sealed class QueuedLogger<T>(ILoggerFactory loggers, LogQueue queue) : QueuedLogger(loggers.CreateLogger<T>(), queue), ILogger<T>;
