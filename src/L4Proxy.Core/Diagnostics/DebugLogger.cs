using Microsoft.Extensions.Logging;

namespace L4Proxy.Diagnostics;

/// <summary>Logs everything as <see cref="LogLevel.Debug"/>: what is of interest only to whoever looks for it.</summary>
internal sealed class DebugLogger(ILogger log) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(LogLevel.Debug);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        log.Log(LogLevel.Debug, eventId, state, exception, formatter);
}
