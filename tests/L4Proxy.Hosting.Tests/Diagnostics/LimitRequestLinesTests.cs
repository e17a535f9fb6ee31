using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace L4Proxy.Hosting.Tests.Diagnostics;

/// <summary>What is written for each request that fails is limited, and counted.</summary>
public sealed class LimitRequestLinesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeLogCollector _lines = new(Options.Create(new FakeLogCollectorOptions()));
    private readonly ServiceProvider _services;

    public LimitRequestLinesTests() => _services = new ServiceCollection().AddSingleton<TimeProvider>(_time)
        .AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_lines)).LimitRequestLines(10)).BuildServiceProvider();

    public void Dispose() => _services.Dispose();

    [Theory]
    [InlineData("Yarp.ReverseProxy.Forwarder.HttpForwarder")]
    [InlineData("Microsoft.AspNetCore.Server.Kestrel")]
    public void Of_an_event_ten_lines_a_second_are_written_one_with_its_stack_trace_and_the_rest_is_counted(string category)
    {
        var log = Log(category);
        for (var i = 0; i < 100; i++)
        {
            log.Log(LogLevel.Warning, new EventId(48, "Failed"), new InvalidOperationException("no"), "request {Number} failed", i);
            log.Log(LogLevel.Error, new EventId(49, "Worse"), "another");
        }

        var lines = _lines.GetSnapshot();
        Assert.Equal((10, 10, 1), (lines.Count(line => line.Id.Id == 48), lines.Count(line => line.Id.Id == 49), lines.Count(line => line.Exception is not null)));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(
            [$"90 lines about {category}, event Failed, were not written: they came too fast", $"90 lines about {category}, event Worse, were not written: they came too fast"],
            _lines.GetSnapshot().Where(line => line.Id.Name == "WarningsDropped").Select(line => line.Message));
        log.Log(LogLevel.Warning, new EventId(48, "Failed"), "again");
        Assert.Equal("again", _lines.LatestRecord.Message);
    }

    [Theory]
    [InlineData("Yarp.ReverseProxy", LogLevel.Information)]
    [InlineData("Mine", LogLevel.Error)]
    public void What_is_below_a_warning_or_the_applications_own_is_left_alone(string category, LogLevel level)
    {
        for (var i = 0; i < 100; i++)
            Log(category).Log(level, new EventId(1), "line");

        Assert.Equal(100, _lines.Count);
    }

    private ILogger Log(string category) => _services.GetRequiredService<ILoggerFactory>().CreateLogger(category);
}
