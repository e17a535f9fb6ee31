using System.Net.Sockets;
using Microsoft.Extensions.Primitives;

namespace L4Proxy.Destinations.Resolution;

/// <summary>
/// Looks names up, so many at a time; the others wait their turn in order. What nobody waits for any more when its turn
/// comes is dropped, so after a flood the queue is as quick as before.
/// </summary>
/// <typeparam name="T">What a name leads to.</typeparam>
internal sealed class LookupQueue<T>(NameLookup<T> lookup, AddressResolverOptions options, Func<long> now)
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Queue<ResolvedName<T>> _waiting = new();
    private int _running;
    private int _resting;

    /// <summary>Sees to it that <see cref="ResolvedName{T}.Complete"/> is called, now or later.</summary>
    public void Add(ResolvedName<T> name)
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

    private async Task RunAsync(ResolvedName<T> first)
    {
        for (ResolvedName<T>? name = first; name is not null; name = TakeNext())
        {
            if (now() - name.WantedAt > options.Timeout.TotalMilliseconds)
                name.Complete(Failure(AddressResolutionStatus.TimedOut, "The name's turn to be looked up did not come in time."));
            else
                await LookUpAsync(name);
        }
    }

    private ResolvedName<T>? TakeNext()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var next))
                return next;
            _running--;
            return null;
        }
    }

    private async Task LookUpAsync(ResolvedName<T> name)
    {
        Func<NameAnswer<T>?, NameAnswer<T>> change;
        LookupAnswer<T>? answer = null;
        try
        {
            answer = await lookup(name.Name);
            change = before => AnswerOf(answer, before);
        }
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            change = Failure(AddressResolutionStatus.NotFound, exception.Message);
        }
        catch (Exception exception)
        {
            change = Failure(AddressResolutionStatus.Failed, exception.Message);
        }

        var completed = name.Complete(change);
        if (answer?.Changes is { } changes)
            Follow(name, completed, changes);
        if (answer?.Rest is { } rest)
            await JoinAsync(name, completed, rest);
    }

    private NameAnswer<T> AnswerOf(LookupAnswer<T> answer, NameAnswer<T>? before) => answer.After(before?.Value) is { } value
        ? NameAnswer<T>.Found(value, answer.TimeToLive, now(), options)
        : NameAnswer<T>.Failure(AddressResolutionStatus.NotFound, answer.Nothing, before, now(), options);

    private Func<NameAnswer<T>?, NameAnswer<T>> Failure(AddressResolutionStatus status, string message) =>
        before => NameAnswer<T>.Failure(status, message, before, now(), options);

    /// <summary>Nobody waits for the rest, not even the next lookup; only where many do, so that there is a bound to what is asked at once.</summary>
    private Task JoinAsync(ResolvedName<T> name, NameAnswer<T> completed, Task<LookupAnswer<T>> rest)
    {
        var isBounded = Interlocked.Increment(ref _resting) <= options.MaxConcurrentLookups;
        var joining = JoinRestAsync(name, completed, rest);
        return isBounded ? Task.CompletedTask : joining;
    }

    private async Task JoinRestAsync(ResolvedName<T> name, NameAnswer<T> completed, Task<LookupAnswer<T>> rest)
    {
        try
        {
            if ((await rest).After(completed.Value) is { } value)
                name.Replace(completed, completed.With(value));
        }
        finally
        {
            Interlocked.Decrement(ref _resting);
        }
    }

    /// <summary>What leads elsewhere by now is looked up for the next connection, which waits for it.</summary>
    private static void Follow(ResolvedName<T> name, NameAnswer<T> completed, IChangeToken changes)
    {
        try
        {
            name.Follow(changes.RegisterChangeCallback(_ => name.Replace(completed, completed.Outdated()), state: null));
        }
        catch (Exception)
        {
            // Anybody's code. The name is looked up again when its time is over, as one whose changes nobody tells.
            name.Follow(null);
        }
    }
}
