namespace L4Proxy.Store;

/// <summary>Where nothing else was chosen: what the API was told is gone when the process ends.</summary>
internal sealed class InMemoryStore : IL4Store
{
    private const int MaxAudit = 1000;

    private readonly Lock _gate = new();
    private readonly Queue<StoreAudit> _audit = new();
    private StoreState _state = StoreState.Empty;

    public string Name => "memory";

    public bool IsDurable => false;

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<StoreState> ReadAsync(StoreState known, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_state);
    }

    public Task<bool> TryWriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_state.Revision != write.Expected)
                return Task.FromResult(false);
            _state = _state.After(write.Changes, write.Expected + 1);
            _audit.Enqueue(StoreAudit.Of(write));
            if (_audit.Count > MaxAudit)
                _audit.Dequeue();
            return Task.FromResult(true);
        }
    }

    // Nobody else has it.
    public Task WaitForChangeAsync(long seen, CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);

    public Task<IReadOnlyList<StoreAudit>> ReadAuditAsync(int most, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult<IReadOnlyList<StoreAudit>>([.. _audit.Reverse().Take(most)]);
    }
}
