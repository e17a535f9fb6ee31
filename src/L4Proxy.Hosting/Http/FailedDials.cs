using System.Runtime.CompilerServices;
using L4Proxy.Destinations;

namespace L4Proxy.Http;

/// <summary>
/// The last failure to connect to each destination. Over HTTP/2, .NET dials once for all requests that wait for a connection, and where that fails again for each of them,
/// one after the other: where nobody answers the last would wait for the time limits of all. Who has waited for a dial that failed has failed with it.
/// </summary>
internal sealed class FailedDials
{
    private readonly ConditionalWeakTable<DestinationState, Failed> _last = [];
    private long _count;

    /// <summary>How many there were so far.</summary>
    public long Count => Volatile.Read(ref _count);

    public void Add(DestinationState destination, L4EndReason failure, string detail) =>
        _last.AddOrUpdate(destination, new Failed(Interlocked.Increment(ref _count), failure, detail));

    /// <summary>Throws where one to a destination failed since there were <paramref name="count"/>.</summary>
    /// <exception cref="HttpDialException">It did.</exception>
    public void ThrowIfSince(long count, DestinationState destination)
    {
        if (_last.TryGetValue(destination, out var failed) && failed.Number > count)
            throw new HttpDialException(failed.Failure, failed.Detail, hasOtherAddress: false);
    }

    private sealed record Failed(long Number, L4EndReason Failure, string Detail);
}
