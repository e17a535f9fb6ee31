using L4Proxy.Store;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Storage.Caching;

/// <summary>
/// A store with a copy of what it had last, on this machine: a gateway that starts while the store is not there serves that. Only the first read is ever answered from the copy, and nothing
/// is written to it alone.
/// </summary>
internal sealed class CachedStore(IL4Store store, CacheFile file, ILogger<CachedStore> log) : IL4Store, IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private StoreState? _kept;
    private StoreState _last = StoreState.Empty;
    private StoreState? _unsaved;
    private Task _saving = Task.CompletedTask;
    private bool _isOpen;
    private bool _hasRead;
    private bool _servesCopy;

    public string Name => store.Name;

    public bool IsDurable => store.IsDurable;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await OpenStoreAsync(cancellationToken);
        }
        catch (StoreUnavailableException e) when (Keep())
        {
            log.StoreCacheUsed(e, Name, file.Path, _kept!.Revision);
        }
    }

    public async Task<StoreState> ReadAsync(StoreState known, CancellationToken cancellationToken)
    {
        try
        {
            // Once is enough for the start; whoever asks again is to hear that it is not there.
            if (!_isOpen && _kept is { } kept && !_hasRead)
                return Serve(kept);
            await OpenStoreAsync(cancellationToken);
            var state = await store.ReadAsync(known, cancellationToken);
            _servesCopy = false;
            Remember(state);
            return state;
        }
        catch (StoreUnavailableException e) when (!_hasRead && Keep())
        {
            log.StoreCacheUsed(e, Name, file.Path, _kept!.Revision);
            return Serve(_kept);
        }
        finally
        {
            _hasRead = true;
        }
    }

    public async Task<bool> TryWriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        await OpenStoreAsync(cancellationToken);
        if (!await store.TryWriteAsync(write, cancellationToken))
            return false;
        var last = _last;
        if (last.Revision == write.Expected && last.StoreId == write.StoreId)
            Remember(last.After(write.Changes, write.Expected + 1));
        return true;
    }

    public async Task WaitForChangeAsync(long seen, CancellationToken cancellationToken)
    {
        await OpenStoreAsync(cancellationToken);
        // The revision that was seen may be that of another store.
        if (!_servesCopy)
            await store.WaitForChangeAsync(seen, cancellationToken);
    }

    public async Task<IReadOnlyList<StoreAudit>> ReadAuditAsync(int most, CancellationToken cancellationToken)
    {
        await OpenStoreAsync(cancellationToken);
        return await store.ReadAuditAsync(most, cancellationToken);
    }

    public Task RestAsync() => store.RestAsync();

    public async ValueTask DisposeAsync()
    {
        await _saving;
        if (store is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    public void Dispose()
    {
        _saving.GetAwaiter().GetResult();
        (store as IDisposable)?.Dispose();
    }

    private async Task OpenStoreAsync(CancellationToken cancellationToken)
    {
        if (_isOpen)
            return;
        await store.OpenAsync(cancellationToken);
        _isOpen = true;
    }

    private StoreState Serve(StoreState copy)
    {
        _servesCopy = true;
        return copy;
    }

    private bool Keep() => (_kept ??= file.Read()) is not null;

    private void Remember(StoreState state)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_last, state))
                return;
            _last = _unsaved = state;
            if (_saving.IsCompleted)
                _saving = Task.Run(Save);
        }
    }

    // The newest is enough: those between two saves are never seen.
    private void Save()
    {
        while (true)
        {
            StoreState? state;
            lock (_gate)
            {
                (state, _unsaved) = (_unsaved, null);
                if (state is null)
                {
                    _saving = Task.CompletedTask;
                    return;
                }
            }
            TrySave(state);
        }
    }

    private void TrySave(StoreState state)
    {
        try
        {
            file.Write(state);
        }
        catch (Exception e)
        {
            log.StoreCacheFailed(e, file.Path);
        }
    }
}
