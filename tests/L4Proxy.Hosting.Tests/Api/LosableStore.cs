using L4Proxy.Store;

namespace L4Proxy.Hosting.Tests.Api;

/// <summary>A store that a test takes away, as a database whose server is gone.</summary>
internal sealed class LosableStore : IL4Store
{
    private readonly InMemoryStore _inner = new();
    private TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Name => "losable";

    public bool IsDurable => true;

    public void Lose() => _lost.SetResult();

    public void Find() => _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<StoreState> ReadAsync(StoreState known, CancellationToken cancellationToken) => _lost.Task.IsCompleted ? throw Lost() : _inner.ReadAsync(known, cancellationToken);

    public Task<bool> TryWriteAsync(StoreWrite write, CancellationToken cancellationToken) => _lost.Task.IsCompleted ? throw Lost() : _inner.TryWriteAsync(write, cancellationToken);

    public async Task WaitForChangeAsync(long seen, CancellationToken cancellationToken)
    {
        await _lost.Task.WaitAsync(cancellationToken);
        throw Lost();
    }

    public Task<IReadOnlyList<StoreAudit>> ReadAuditAsync(int most, CancellationToken cancellationToken) => _inner.ReadAuditAsync(most, cancellationToken);

    private static StoreUnavailableException Lost() => new("the server is gone");
}
