using L4Proxy.Storage.Tests.Stores;
using L4Proxy.Store;

namespace L4Proxy.Storage.Tests.Caching;

/// <summary>A store in memory that can be taken away, and become another one.</summary>
internal sealed class FakeStore : IL4Store
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = New();
    private StoreState _state = StoreState.Of(0, [], "a");
    private bool _isDown;
    private long _read;

    public string Name => "fake";

    public bool IsDurable => true;

    public int Opened { get; private set; }

    /// <summary>What opening it says; null: nothing.</summary>
    public Exception? Problem { get; set; }

    /// <summary>Holds up answers to reads.</summary>
    public Task Answering { get; set; } = Task.CompletedTask;

    public StoreState State
    {
        get
        {
            lock (_gate)
                return _state;
        }
        set => Change(() => _state = value);
    }

    public bool IsDown
    {
        get => _isDown;
        set => Change(() => _isDown = value);
    }

    public static StoreState With(string id, long revision, params IEnumerable<string> records) =>
        StoreState.Of(revision, [Some.OwnerItem(), .. records.Select(record => Some.Other(StoreKind.Pool, record))], id);

    /// <summary>Whether a revision was asked for, answered or not.</summary>
    public bool IsRead(long revision) => Interlocked.Read(ref _read) == revision;

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        Check();
        Opened++;
        return Task.CompletedTask;
    }

    public async Task<StoreState> ReadAsync(StoreState known, CancellationToken cancellationToken)
    {
        Check();
        var (state, answering) = (State, Answering);
        Interlocked.Exchange(ref _read, state.Revision);
        await answering.WaitAsync(cancellationToken);
        return state;
    }

    public Task<bool> TryWriteAsync(StoreWrite write, CancellationToken cancellationToken)
    {
        Check();
        lock (_gate)
        {
            if (write.Expected != _state.Revision || write.StoreId != _state.StoreId)
                return Task.FromResult(false);
        }
        State = State.After(write.Changes, write.Expected + 1);
        return Task.FromResult(true);
    }

    public async Task WaitForChangeAsync(long seen, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                Check();
                if (_state.Revision != seen)
                    return;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancellationToken);
        }
    }

    public Task<IReadOnlyList<StoreAudit>> ReadAuditAsync(int most, CancellationToken cancellationToken)
    {
        Check();
        return Task.FromResult<IReadOnlyList<StoreAudit>>([]);
    }

    private void Check()
    {
        if (Problem is not null)
            throw Problem;
        if (_isDown)
            throw new StoreUnavailableException("fake is away.");
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
            _changed.TrySetResult();
            _changed = New();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
