using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Diagnostics;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>What one proxy's <c>l4proxy.datagrams</c> counts, by direction and outcome.</summary>
internal sealed class DatagramCounts : IDisposable
{
    private readonly SemaphoreSlim _changed = new(0);
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(string Direction, string Outcome), long> _counts = new();

    public DatagramCounts(TestProxy proxy)
    {
        // Other tests' proxies have meters of the same name.
        var mine = proxy.Get<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "l4proxy.datagrams" && ReferenceEquals(instrument.Meter.Scope, mine))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) => Count(count, tags));
        _listener.Start();
    }

    public long this[string direction, DatagramOutcome outcome] => _counts.GetValueOrDefault((direction, outcome.ToString()));

    /// <summary>Waits until so many are counted: a datagram is on its way before it is counted.</summary>
    public async Task ExpectAsync(string direction, DatagramOutcome outcome, long count)
    {
        using var patience = new CancellationTokenSource(TestPeer.Patience);
        while (this[direction, outcome] < count)
            await _changed.WaitAsync(patience.Token);
        Assert.Equal(count, this[direction, outcome]);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _changed.Dispose();
    }

    private void Count(long count, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (direction, outcome) = ("", "");
        foreach (var tag in tags)
        {
            if (tag.Key == "direction")
                direction = (string)tag.Value!;
            else if (tag.Key == "outcome")
                outcome = (string)tag.Value!;
        }
        _counts.AddOrUpdate((direction, outcome), count, (_, sum) => sum + count);
        _changed.Release();
    }
}
