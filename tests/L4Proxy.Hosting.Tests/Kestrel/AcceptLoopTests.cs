using System.Net.Sockets;
using L4Proxy.Hosting.Tests.Hosts;
using L4Proxy.Tcp;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Hosting.Tests.Kestrel;

public class AcceptLoopTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(SocketError.TooManyOpenSockets)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.ConnectionAborted)]
    [InlineData(SocketError.SocketError)]
    public async Task A_failed_accept_does_not_end_it(SocketError error)
    {
        var left = 3;
        var gate = new FakeGate { Room = () => left-- > 0 ? throw new SocketException((int)error) : ValueTask.CompletedTask };
        await using var test = await TestApp.StartAsync(gate: gate);
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Fact]
    public async Task Exhaustion_is_one_line_that_says_so()
    {
        var left = 4;
        var gate = new FakeGate
        {
            Room = () => left-- > 0 ? throw new SocketException((int)SocketError.TooManyOpenSockets) : ValueTask.CompletedTask
        };
        await using var test = await TestApp.StartAsync(gate: gate);
        using var client = TestApp.CreateClient();
        await client.GetStringAsync(test.Url, Token);

        var line = Assert.Single(test.Logs.GetSnapshot(), l => l.Level >= LogLevel.Warning);
        Assert.Equal("Exhausted", line.Id.Name);
    }

    [Fact]
    public async Task A_fault_in_the_proxy_costs_that_connection_only()
    {
        var fails = true;
        var gate = new FakeGate { ClaimsListener = _ => fails ? throw new InvalidOperationException("bug") : false };
        await using var test = await TestApp.StartAsync(gate: gate);
        using (var lost = await RawClient.ConnectAsync(test.Url))
            Assert.Equal("", await lost.ReadToEndAsync());
        await Deadline.Until(() => test.CountOf("ConnectionLost") == 1);
        fails = false;
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Fact]
    public async Task A_log_that_fails_does_not_end_it()
    {
        var left = 2;
        var gate = new FakeGate { Room = () => left-- > 0 ? throw new InvalidOperationException("bug") : ValueTask.CompletedTask };
        await using var test = await TestApp.StartAsync(b => b.Logging.AddProvider(new FailingLogs()), gate);
        using var client = TestApp.CreateClient();

        Assert.Equal("hello", await client.GetStringAsync(test.Url, Token));
    }

    [Fact]
    public async Task It_waits_for_room_and_stops_while_it_waits()
    {
        var room = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        var gate = new FakeGate
        {
            Room = () =>
            {
                asked.TrySetResult();
                return new ValueTask(room.Task);
            }
        };
        await using var test = await TestApp.StartAsync(gate: gate);
        using var client = await RawClient.ConnectAsync(test.Url);
        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");
        var answer = client.ReadToEndAsync();
        await asked.Task.InTime();
        Assert.False(answer.IsCompleted);

        // It is asked again, for others may have been quicker.
        gate.Room = () => ValueTask.CompletedTask;
        room.SetResult();
        Assert.EndsWith("hello", await answer, StringComparison.Ordinal);

        gate.Room = () => new ValueTask(new TaskCompletionSource().Task);
        using var waiting = await RawClient.ConnectAsync(test.Url);
        await test.App.StopAsync(Token).InTime();
    }

    [Fact]
    public void Pauses_double_up_to_a_second_and_start_anew_after_a_success()
    {
        var backOff = new AcceptBackOff();

        Assert.Equal([50, 100, 200, 400, 800, 1000, 1000], Enumerable.Range(0, 7).Select(_ => backOff.Next().TotalMilliseconds));
        backOff.Reset();
        Assert.Equal(50, backOff.Next().TotalMilliseconds);
    }

    [Fact]
    public void Lines_are_at_least_ten_seconds_apart()
    {
        var time = new FakeTimeProvider();
        var trouble = new AcceptTrouble(time);

        Assert.True(trouble.TryLog());
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(trouble.TryLog());
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(trouble.TryLog());
        Assert.False(trouble.TryLog());
    }

    private sealed class FailingLogs : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                throw new IOException("The disk is full.");
        }

        public void Dispose()
        {
        }
    }
}
