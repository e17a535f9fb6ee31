namespace L4Proxy.Destinations.Resolution;

/// <summary>One name that the resolver remembers: the answer of now, and the one lookup that may be under way.</summary>
internal sealed class ResolvedName(string name, NameAnswer? answer)
{
    private readonly Lock _lock = new();
    private NameAnswer? _answer = answer;
    private TaskCompletionSource? _lookup;
    private long _wantedAt;

    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>Its place in <see cref="NameCache"/>, which guards it.</summary>
    public LinkedListNode<ResolvedName>? Place { get; set; }

    /// <summary>When <see cref="NameCache"/> last moved it to the newest place.</summary>
    public long PlacedAt
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>What is known; null until the first lookup has ended.</summary>
    public NameAnswer? Answer => Volatile.Read(ref _answer);

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
    public void Complete(Func<NameAnswer?, NameAnswer> change)
    {
        TaskCompletionSource? lookup;
        lock (_lock)
        {
            Volatile.Write(ref _answer, change(_answer));
            lookup = _lookup;
            Volatile.Write(ref _lookup, null);
        }

        lookup?.SetResult();
    }

    /// <summary>Somebody has waited long enough for <paramref name="lookup"/>; it goes on, and its answer will count when it comes.</summary>
    public void GiveUp(Task lookup, Func<NameAnswer?, NameAnswer> change)
    {
        lock (_lock)
        {
            if (_lookup?.Task == lookup)
                Volatile.Write(ref _answer, change(_answer));
        }
    }
}
