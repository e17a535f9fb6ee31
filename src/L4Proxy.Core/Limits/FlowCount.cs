namespace L4Proxy.Limits;

/// <summary>How many flows an endpoint has, over all its sockets and across reloads.</summary>
internal sealed class FlowCount
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public bool TryEnter(int limit)
    {
        if (Interlocked.Increment(ref _count) <= limit)
            return true;
        Interlocked.Decrement(ref _count);
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _count);
}
