using System.Net.Sockets;

namespace L4Proxy.Destinations.Resolution;

/// <summary>
/// Looks names up, so many at a time; the others wait their turn in order. What nobody waits for any more when its turn
/// comes is dropped, so after a flood the queue is as quick as before.
/// </summary>
internal sealed class LookupQueue(AddressLookup lookup, AddressResolverOptions options, Func<long> now)
{
    private readonly Lock _lock = new();
    private readonly Queue<ResolvedName> _waiting = new();
    private int _running;

    /// <summary>Sees to it that <see cref="ResolvedName.Complete"/> is called, now or later.</summary>
    public void Add(ResolvedName name)
    {
        lock (_lock)
        {
            if (_running >= options.MaxConcurrentLookups)
            {
                _waiting.Enqueue(name);
                return;
            }

            _running++;
        }

        _ = RunAsync(name);
    }

    private async Task RunAsync(ResolvedName first)
    {
        for (ResolvedName? name = first; name is not null; name = TakeNext())
        {
            var change = now() - name.WantedAt > options.Timeout.TotalMilliseconds
                ? Failure(AddressResolutionStatus.TimedOut, "The name's turn to be looked up did not come in time.")
                : await LookUpAsync(name.Name);
            name.Complete(change);
        }
    }

    private ResolvedName? TakeNext()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var next))
                return next;
            _running--;
            return null;
        }
    }

    private async Task<Func<NameAnswer?, NameAnswer>> LookUpAsync(string name)
    {
        try
        {
            var addresses = await lookup(name);
            if (addresses.Length == 0)
                return Failure(AddressResolutionStatus.NotFound, "The name has no address.");
            var set = new AddressSet(addresses);
            return before => NameAnswer.Found(set, before, now(), options);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return Failure(AddressResolutionStatus.NotFound, exception.Message);
        }
        catch (Exception exception)
        {
            return Failure(AddressResolutionStatus.Failed, exception.Message);
        }
    }

    private Func<NameAnswer?, NameAnswer> Failure(AddressResolutionStatus status, string message) =>
        before => NameAnswer.Failure(status, message, before, now(), options);
}
