using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using L4Proxy.Core.Tests.House;
using L4Proxy.Core.Tests.Tcp;
using L4Proxy.Diagnostics;

namespace L4Proxy.Core.Tests.Udp;

/// <summary>What one proxy's <c>l4proxy.datagrams</c> counts, by direction and outcome.</summary>
internal sealed class DatagramCounts : IDisposable
{
    private readonly SemaphoreSlim _changed = new(0);
    private readonly MeterListener _listener;
    private readonly ConcurrentDictionary<(string Direction, string Outcome), long> _counts = new();

    private readonly ConcurrentDictionary<string, bool> _threads = new(StringComparer.Ordinal);
    private long _allocatedBefore;
    private long _allocatedAfter;
    private long _allocated;

    public DatagramCounts(TestProxy proxy)
    {
        _listener = ProxyMeter.Listen(proxy, (_, count, tags, _) =>
        {
            _allocatedBefore = GC.GetAllocatedBytesForCurrentThread();
            if (_allocatedAfter > 0)
                _allocated += _allocatedBefore - _allocatedAfter;
            Count(count, tags);
            _threads.TryAdd(Thread.CurrentThread.Name ?? "", value: true);
            _allocatedAfter = GC.GetAllocatedBytesForCurrentThread();
        }, "l4proxy.datagrams");
    }

    public long this[string direction, DatagramOutcome outcome] => _counts.GetValueOrDefault((direction, outcome.ToString()));

    /// <summary>Waits until so many are counted: a datagram is on its way before it is counted.</summary>
    public async Task ExpectAsync(string direction, DatagramOutcome outcome, long count)
    {
        while (this[direction, outcome] < count)
            await _changed.WaitAsync(TestContext.Current.CancellationToken).InTime($"datagram {count} {direction} that is {outcome}; there are {this[direction, outcome]}");
        Assert.Equal(count, this[direction, outcome]);
    }

    /// <summary>The names of the threads that datagrams were moved on.</summary>
    public IEnumerable<string> Threads => _threads.Keys;

    /// <summary>What a thread that moved datagrams allocated from the end of one count to the beginning of the next. Of one thread alone.</summary>
    public long AllocatedBetween => Volatile.Read(ref _allocated);

    public void ResetAllocated() => Volatile.Write(ref _allocated, 0);

    /// <summary>Waits until so many have gone that way, or nowhere.</summary>
    public async Task WaitForAsync(string direction, long total)
    {
        for (var begun = Stopwatch.StartNew(); Total(direction) < total; await Task.Yield())
            Assert.True(begun.Elapsed < TestPeer.Patience, $"{Total(direction)} of {total} datagrams");
    }

    public void Dispose()
    {
        _listener.Dispose();
        _changed.Dispose();
    }

    private long Total(string direction) => _counts.Where(count => count.Key.Direction == direction).Sum(count => count.Value);

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
