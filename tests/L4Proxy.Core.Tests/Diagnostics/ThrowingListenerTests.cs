using L4Proxy.Configuration;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Core.Tests.Udp;
using L4Proxy.Limits;
using L4Proxy.Tcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using static L4Proxy.Core.Tests.Tcp.Config;

namespace L4Proxy.Core.Tests.Diagnostics;

/// <summary>What the application listens and logs with throws: connections neither end nor stay.</summary>
public sealed class ThrowingListenerTests : IDisposable
{
    private readonly TestUpstream _upstream = new();

    [Theory]
    [InlineData("l4proxy.connections.active")]
    [InlineData("l4proxy.connections")]
    [InlineData("l4proxy.bytes")]
    public async Task A_meter_listener_that_throws_costs_no_connection_and_nothing_stays(string instrument)
    {
        await using var proxy = TestProxy.To(_upstream.Address);
        using var listener = ProxyMeter.Listen(proxy, (_, _, _, _) => throw new InvalidOperationException("a listener of the application's"), instrument);
        var said = proxy.Log.WaitForAsync("MeterFailed");
        for (var i = 0; i < 3; i++)
        {
            using var client = await proxy.ConnectAsync();
            using var server = await _upstream.AcceptAsync();
            await client.SendAsync("hello");
            await server.ExpectAsync("hello");
            client.HalfClose();
            await server.ExpectFinAsync();
            server.HalfClose();
            await client.ExpectFinAsync();
            Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        }
        Assert.Contains("a listener of the application's", await said, StringComparison.Ordinal);
        await NothingStaysAsync(proxy);
    }

    [Fact]
    public async Task A_meter_listener_that_throws_costs_no_flow()
    {
        await using var echo = new TestEcho();
        await using var proxy = TestProxy.Start(new L4Config
        {
            Endpoints = Map(("in", new L4Endpoint { Url = "udp://127.0.0.1:0" })),
            Routes = Map(("all", new L4Route { Endpoints = ["in"], ClusterId = "up" })),
            Clusters = Map(("up", Cluster(echo.Address) with { Udp = new L4Udp { Responses = 1 } })),
        });
        using var listener = ProxyMeter.Listen(
            proxy, (_, _, _, _) => throw new InvalidOperationException("a listener of the application's"), "l4proxy.sessions.active", "l4proxy.datagrams");
        using var client = new TestDatagrams();
        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync($"{i}", proxy.AddressOf());
            await client.ExpectAsync($"{i}");
            Assert.Equal(L4EndReason.Completed, (await proxy.NextRecordAsync()).EndReason);
        }
    }

    [Fact]
    public async Task A_log_that_throws_costs_no_connection_and_nothing_stays()
    {
        await using var proxy = TestProxy.Start(
            To(_upstream.Address) with
            {
                Clusters = Map(("up", Cluster(TestUpstream.Nowhere(), _upstream.Address))),
            },
            services => services.AddLogging(logging => logging.AddProvider(new ThrowingLog())));
        for (var i = 0; i < 3; i++)
        {
            // The first destination refuses, and a line of the log says so.
            using var client = await proxy.ConnectAsync();
            using var server = await _upstream.AcceptAsync();
            await client.SendAsync("hello");
            await server.ExpectAsync("hello");
        }
        await NothingStaysAsync(proxy);
    }

    public void Dispose() => _upstream.Dispose();

    private static async Task NothingStaysAsync(TestProxy proxy)
    {
        await proxy.Get<TcpServer>().WaitForNoneAsync().WaitAsync(TestPeer.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(0, proxy.Get<DescriptorBudget>().Connections);
    }

    private sealed class ThrowingLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("The disk is full.");

        public void Dispose()
        {
        }
    }
}
