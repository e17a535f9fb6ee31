using L4Proxy.Store;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>A store that several gateways have, and hear each other by, as they do of a database.</summary>
internal sealed class SharedStore : IL4Store
{
    private readonly InMemoryStore _store = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _revision;

    public string Name => "shared";

    /// <summary>Whether nobody hears of what others write.</summary>
    public bool IsSilent { get; init; }

    public bool IsDurable => true;

    public Task OpenAsync(CancellationToken cancellationToken) => _store.OpenAsync(cancellationToken);

    public Task<StoreState> ReadAsync(StoreState known, CancellationToken cancellationToken) => _store.ReadAsync(known, cancellationToken);

    public async Task<bool> TryWriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        // A database is some way off: others come between.
        await Task.Yield();
        if (!await _store.TryWriteAsync(write, cancellationToken))
            return false;
        TaskCompletionSource written;
        lock (_gate)
        {
            _revision = Math.Max(_revision, write.Expected + 1);
            (written, _written) = (_written, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        written.SetResult();
        return true;
    }

    public Task WaitForChangeAsync(long seen, CancellationToken cancellationToken)
    {
        if (IsSilent)
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        lock (_gate)
            return _revision > seen ? Task.CompletedTask : _written.Task.WaitAsync(cancellationToken);
    }

    public Task<IReadOnlyList<StoreAudit>> ReadAuditAsync(int most, CancellationToken cancellationToken) => _store.ReadAuditAsync(most, cancellationToken);
}
