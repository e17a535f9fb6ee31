namespace L4Proxy.Diagnostics;

/// <summary>Why a session ended, and a token for work that is to end with it. Mutable: keep it in one place. From any thread.</summary>
internal struct SessionEnd
{
    private int _reason;
    private CancellationTokenSource? _source;

    /// <summary>None while it has not.</summary>
    public readonly L4EndReason Reason => (L4EndReason)Volatile.Read(in _reason);

    /// <summary>Cancelled with the end. Made when asked for: hardly any session needs one.</summary>
    public CancellationToken Token
    {
        get
        {
            var source = Volatile.Read(ref _source) ?? Interlocked.CompareExchange(ref _source, new(), null) ?? _source;
            if (Reason != L4EndReason.None)
                _ = source.CancelAsync();
            return source.Token;
        }
    }

    /// <summary>Says why it ends; the first cause stays.</summary>
    /// <returns>Whether this was the first.</returns>
    public bool TrySet(L4EndReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) != 0)
            return false;
        // What waits for it goes on elsewhere: this may be a reactor, or the clock.
        _ = Volatile.Read(ref _source)?.CancelAsync();
        return true;
    }
}
