using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Hosting.Tests.Hosts;

/// <summary>What was logged.</summary>
internal sealed class CollectedLogs : ILoggerProvider
{
    public ConcurrentQueue<(string Category, LogLevel Level, EventId Id, string Text, Exception? Exception)> Lines { get; } = new();

    public int CountOf(string eventName) => Lines.Count(l => l.Id.Name == eventName);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(CollectedLogs logs, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.Lines.Enqueue((category, logLevel, eventId, formatter(state, exception), exception));
    }
}
