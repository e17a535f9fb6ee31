using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace L4Proxy.Api.Live;

/// <summary>One watcher's end of the <see cref="LiveFeed"/>. Who reads too slowly misses ticks, and sees by their numbers that it did.</summary>
/// <param name="feed">The feed.</param>
/// <param name="last">The number of the last tick before it came.</param>
internal sealed class LiveReader(LiveFeed feed, long last) : IDisposable
{
    /// <summary>How many wait for a watcher.</summary>
    public const int Capacity = 4;

    private readonly Channel<LiveTick> _ticks = Channel.CreateBounded<LiveTick>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private long _last = last;

    /// <summary>Fires when the host begins to stop.</summary>
    public CancellationToken Stopping => feed.Stopping;

    /// <summary>How many wait for it.</summary>
    public int Waiting => _ticks.Reader.Count;

    /// <summary>The ticks, and before which of them some are missing; ends when the host begins to stop.</summary>
    public async IAsyncEnumerable<(LiveTick Tick, bool IsGap)> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var tick in _ticks.Reader.ReadAllAsync(cancellationToken))
        {
            var isGap = tick.Number != _last + 1;
            _last = tick.Number;
            yield return (tick, isGap);
        }
    }

    public void Tell(LiveTick tick) => _ticks.Writer.TryWrite(tick);

    public void End() => _ticks.Writer.TryComplete();

    public void Dispose() => feed.Leave(this);
}
