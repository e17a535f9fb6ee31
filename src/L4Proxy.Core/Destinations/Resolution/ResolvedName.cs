namespace L4Proxy.Destinations.Resolution;

/// <summary>One name that the resolver remembers: the answer of now, and the one lookup that may be under way.</summary>
/// <typeparam name="T">What a name leads to.</typeparam>
internal sealed class ResolvedName<T>(string name, NameAnswer<T>? answer)
    where T : class
{
    private readonly Lock _lock = new();
    private NameAnswer<T>? _answer = answer;
    private TaskCompletionSource? _lookup;
    private IDisposable? _followed;
    private long _wantedAt;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>Its place in <see cref="NameCache{T}"/>, which guards it.</summary>
    public LinkedListNode<ResolvedName<T>>? Place { get; set; }

    /// <summary>When <see cref="NameCache{T}"/> last moved it to the newest place.</summary>
    public long PlacedAt
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>What is known; null until the first lookup has ended.</summary>
    public NameAnswer<T>? Answer => Volatile.Read(ref _answer);

    /// <summary>When somebody last wanted a lookup.</summary>
    public long WantedAt => Volatile.Read(ref _wantedAt);

    /// <summary>Whether a lookup is queued or under way.</summary>
    public bool IsLookingUp => Volatile.Read(ref _lookup) is not null;

    /// <summary>The lookup to wait for: the one under way or a new one; a completed task if the answer is fresh by now.</summary>
    /// <param name="now">The resolver's milliseconds.</param>
    /// <param name="isNew">Whether the caller has to see to it that the lookup happens.</param>
    public Task Want(long now, out bool isNew)
    {
        lock (_lock)
        {
            isNew = false;
            if (_answer is { } answer && now < answer.RefreshAt)
                return Task.CompletedTask;
            Volatile.Write(ref _wantedAt, now);
            if (_lookup is null)
            {
                isNew = true;

                // Those who wait go on elsewhere: the thread of the lookup is wanted for the next one.
                _lookup = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return _lookup.Task;
        }
    }

    /// <summary>The lookup has ended: <paramref name="change"/> makes the new answer of the old one.</summary>
    public NameAnswer<T> Complete(Func<NameAnswer<T>?, NameAnswer<T>> change)
    {
        TaskCompletionSource? lookup;
        NameAnswer<T> changed;
        lock (_lock)
        {
            changed = change(_answer);
            Volatile.Write(ref _answer, changed);
            lookup = _lookup;
            Volatile.Write(ref _lookup, null);
        }

        lookup?.SetResult();
        return changed;
    }

    /// <summary>More is known of an answer, if it still is the answer.</summary>
    public void Replace(NameAnswer<T> answer, NameAnswer<T> by)
    {
        lock (_lock)
        {
            if (_answer == answer)
                Volatile.Write(ref _answer, by);
        }
    }

    /// <summary>Somebody has waited long enough for <paramref name="lookup"/>; it goes on, and its answer will count when it comes.</summary>
    public void GiveUp(Task lookup, Func<NameAnswer<T>?, NameAnswer<T>> change)
    {
        lock (_lock)
        {
            if (_lookup?.Task == lookup)
                Volatile.Write(ref _answer, change(_answer));
        }
    }

    /// <summary>Listens to who says that it leads elsewhere, and no longer to who was listened to before.</summary>
    public void Follow(IDisposable? followed) => Interlocked.Exchange(ref _followed, followed)?.Dispose();
}
