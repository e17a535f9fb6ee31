namespace L4Proxy.Tcp;

/// <summary>The connections there are: linked through themselves, in a few lists so that adding rarely waits.</summary>
internal sealed class SessionSet
{
    private readonly Shard[] _shards = [.. Enumerable.Range(0, 16).Select(_ => new Shard())];
    private readonly Lock _emptyGate = new();
    private int _count;
    private TaskCompletionSource? _empty;

    public int Count => Volatile.Read(ref _count);

    public void Add(TcpSession session)
    {
        Interlocked.Increment(ref _count);
        var shard = ShardOf(session);
        lock (shard)
        {
            session.Next = shard.First;
            if (shard.First is { } first)
                first.Previous = session;
            shard.First = session;
        }
    }

    public void Remove(TcpSession session)
    {
        var shard = ShardOf(session);
        lock (shard)
        {
            if (session.Previous is { } previous)
                previous.Next = session.Next;
            else
                shard.First = session.Next;
            if (session.Next is { } next)
                next.Previous = session.Previous;
            session.Previous = session.Next = null;
        }
        if (Interlocked.Decrement(ref _count) == 0)
            SignalEmpty();
    }

    /// <summary>The connections at this moment.</summary>
    public List<TcpSession> ToList()
    {
        var list = new List<TcpSession>(Count);
        AddTo(list, static _ => true);
        return list;
    }

    /// <summary>Those that are such, at this moment. It is asked while nobody can come or go, and must not wait.</summary>
    public List<TcpSession> FindAll(Predicate<TcpSession> such)
    {
        var list = new List<TcpSession>();
        AddTo(list, such);
        return list;
    }

    private void AddTo(List<TcpSession> list, Predicate<TcpSession> such)
    {
        foreach (var shard in _shards)
        {
            lock (shard)
            {
                for (var session = shard.First; session is not null; session = session.Next)
                {
                    if (such(session))
                        list.Add(session);
                }
            }
        }
    }

    /// <summary>Completes when there are none.</summary>
    public Task WaitForNoneAsync()
    {
        lock (_emptyGate)
        {
            if (Count == 0)
                return Task.CompletedTask;
            return (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void SignalEmpty()
    {
        lock (_emptyGate)
        {
            if (Count != 0)
                return;
            _empty?.SetResult();
            _empty = null;
        }
    }

    private Shard ShardOf(TcpSession session) => _shards[session.Id & (_shards.Length - 1)];

    private sealed class Shard
    {
        public TcpSession? First { get; set; }
    }
}
