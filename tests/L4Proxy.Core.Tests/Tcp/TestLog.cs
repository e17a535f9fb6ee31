using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Core.Tests.Tcp;

/// <summary>Keeps what was logged. FakeLogger's records hold their values as text, and nobody can wait for the next one of an event.</summary>
internal sealed class TestLog : ILoggerProvider
{
    private static readonly HashSet<string> s_faults = ["InternalError", "DeadlineFailed", "AcceptFailed", "ReceiveFailed"];
    private readonly Channel<TestRecord> _records = Channel.CreateUnbounded<TestRecord>();

    private readonly ConcurrentQueue<(string Event, TaskCompletionSource<string> Waiter)> _waiters = new();

    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Lines that no test may cause.</summary>
    public ConcurrentQueue<string> Faults { get; } = new();

    public ChannelReader<TestRecord> Records => _records.Reader;

    /// <summary>The next line of an event.</summary>
    public Task<string> WaitForAsync(string eventName)
    {
        var waiter = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Enqueue((eventName, waiter));
        return waiter.Task.InTime($"a line of {eventName}; there were\n{string.Join('\n', Lines)}");
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private sealed class Logger(TestLog owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{logLevel} {category} {eventId.Name}: {formatter(state, exception)} {exception}";
            owner.Lines.Enqueue(line);
            if (s_faults.Contains(eventId.Name ?? ""))
                owner.Faults.Enqueue(line);
            foreach (var (name, waiter) in owner._waiters)
            {
                if (name == eventId.Name)
                    waiter.TrySetResult(line);
            }
            if (category == L4Proxy.Diagnostics.Log.AccessCategory && state is IReadOnlyList<KeyValuePair<string, object?>> values
                && eventId.Name == "ConnectionEnded")
                owner._records.Writer.TryWrite(new TestRecord(values.ToDictionary(value => value.Key, value => value.Value)));
        }
    }
}
