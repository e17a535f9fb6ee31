using System.Globalization;
using L4Proxy.Configuration;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Diagnostics;

/// <summary>A logging provider that does not return: a console that nobody reads, a disk that is full.</summary>
public sealed class SlowLogTests : IAsyncDisposable
{
    // One record more is with the provider.
    private const int Kept = 4096;

    private readonly TestEcho _echo = new();
    private readonly HangingLog _log = new();

    [Fact]
    public async Task While_it_hangs_everything_flows_and_what_was_dropped_is_said()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "epoll");
        await using var proxy = Start();
        using var client = new TestDatagrams();
        await AskAsync(client, proxy);
        await _log.Hanging.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);

        for (var i = 0; i < Kept + 100; i++)
            await AskAsync(client, proxy);
        var said = proxy.Log.WaitForAsync(nameof(Log.LinesDropped));
        _log.GoOn();

        // The last flows may end after that, and in time.
        Assert.Matches("LinesDropped: [0-9]+ lines", await said);
        var written = 1 + Kept;
        for (var i = 0; i < written; i++)
            Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        await AskAsync(client, proxy);
        Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
    }

    [Fact]
    public async Task What_is_left_when_the_proxy_stops_is_written()
    {
        const int count = 500;
        var proxy = Start();
        using (var client = new TestDatagrams())
        {
            await AskAsync(client, proxy);
            await _log.Hanging.WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
            for (var i = 1; i < count; i++)
                await AskAsync(client, proxy);
        }
        _log.GoOn();
        await proxy.DisposeAsync();
        Assert.Equal(count, proxy.Records.Count);
    }

    public async ValueTask DisposeAsync()
    {
        _log.Dispose();
        await _echo.DisposeAsync();
    }

    private static async Task AskAsync(TestDatagrams client, TestProxy proxy)
    {
        var question = Random.Shared.Next().ToString(CultureInfo.InvariantCulture);
        await client.SendAsync(question, proxy.AddressOf());
        await client.ExpectAsync(question);
    }

    /// <summary>One reactor: whatever held it up would hold up everything.</summary>
    private TestProxy Start() => TestProxy.Start(
        new L4Config
        {
            Transport = L4TransportKind.Linux,
            Reactors = 1,
            AccessLog = new L4AccessLog { MaxPerSecond = 1_000_000 },
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", Cluster(_echo.Address) with { Udp = new L4Udp { Responses = 1 } })),
        },
        services => services.AddLogging(logging => logging.AddProvider(_log)));

    private sealed class HangingLog : ILoggerProvider, ILogger
    {
        private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _goOn = new();

        public Task Hanging => _hanging.Task;

        public void GoOn() => _goOn.Set();

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Name != "ConnectionEnded")
                return;
            _hanging.TrySetResult();
            _goOn.Wait(TestPeer.Patience);
        }

        // The provider's too: DisposeAsync has let it go on.
        public void Dispose() => _goOn.Set();
    }
}
