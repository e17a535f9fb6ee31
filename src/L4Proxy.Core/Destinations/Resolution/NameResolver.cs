namespace L4Proxy.Destinations.Resolution;

/// <summary>
/// Finds out what names lead to, with a memory: an answer serves for as long as it holds and at most for <see cref="AddressResolverOptions.RefreshInterval"/>,
/// then goes on serving while one lookup refreshes it. Names may come from clients, so everything is bounded: the
/// names remembered, the lookups at once (one a name, shared by all who wait), the wait of each connection.
/// </summary>
/// <typeparam name="T">What a name leads to.</typeparam>
internal sealed class NameResolver<T>
    where T : class
{
    private const string TimedOutMessage = "The name was not resolved in time.";

    private readonly TimeProvider _time;
    private readonly AddressResolverOptions _options;
    private readonly Func<string, NameAnswer<T>?> _withoutAsking;
    private readonly long _start;
    private readonly NameCache<T> _names;
    private readonly LookupQueue<T> _lookups;

    /// <summary>A resolver that knows nothing yet.</summary>
    /// <param name="lookup">Who is asked.</param>
    /// <param name="withoutAsking">What is known of a name that need not be asked for; null where it must.</param>
    /// <param name="options">How, and how much of it.</param>
    /// <param name="time">The clock.</param>
    public NameResolver(NameLookup<T> lookup, Func<string, NameAnswer<T>?> withoutAsking, AddressResolverOptions options, TimeProvider time)
    {
        (_time, _options, _withoutAsking) = (time, options, withoutAsking);
        _start = time.GetTimestamp();
        _names = new NameCache<T>(options.MaxNames);
        _lookups = new LookupQueue<T>(lookup, options, Now);
    }

    /// <summary>Names remembered.</summary>
    public int NameCount => _names.Count;

    /// <summary>What a name leads to. Completes at once, without allocating, for one that is remembered. Never throws.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Ends this caller's wait with <see cref="AddressResolutionStatus.Canceled"/>; the lookup goes on.</param>
    public ValueTask<NameAnswer<T>> FindAsync(string name, CancellationToken cancellationToken)
    {
        var now = Now();
        var found = _names.Find(name, now);
        if (found?.Answer is { } answer && now < answer.RefreshAt)
            return new(answer);
        if (found is not null)
            return LookUp(found, now, cancellationToken);
        var known = _withoutAsking(name);
        if (known is { IsFound: false })
            return new(known);
        return _names.Add(name, known, now) is { } added
            ? LookUp(added, now, cancellationToken)
            : new(NameAnswer<T>.Never(AddressResolutionStatus.Failed, "Too many names are being looked up."));
    }

    private long Now() => _time.GetElapsedTime(_start).Ticks / TimeSpan.TicksPerMillisecond;

    private ValueTask<NameAnswer<T>> LookUp(ResolvedName<T> name, long now, CancellationToken cancellationToken)
    {
        var lookup = name.Want(now, out var isNew);
        if (isNew)
            _lookups.Add(name);
        return name.Answer is { } answer && (lookup.IsCompleted || now < answer.ServeUntil)
            ? new(answer)
            : WaitAsync(name, lookup, cancellationToken);
    }

    private async ValueTask<NameAnswer<T>> WaitAsync(ResolvedName<T> name, Task lookup, CancellationToken cancellationToken)
    {
        await lookup.WaitAsync(_options.Timeout, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!lookup.IsCompleted)
        {
            if (cancellationToken.IsCancellationRequested)
                return NameAnswer<T>.Never(AddressResolutionStatus.Canceled, "The connection did not wait for the name.");
            name.GiveUp(lookup, before => NameAnswer<T>.Failure(
                AddressResolutionStatus.TimedOut, TimedOutMessage, before, Now(), _options));
        }

        return name.Answer ?? NameAnswer<T>.Never(AddressResolutionStatus.TimedOut, TimedOutMessage);
    }
}
