using L4Proxy.Configuration;
using L4Proxy.Diagnostics;
using L4Proxy.Snapshot;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Store;

/// <summary>
/// This gateway at its store: it follows what others write, and writes. What is written was checked together with all other configuration before, and is in force afterwards.
/// Where the store is not there, what was read last goes on.
/// </summary>
internal sealed class StoreSession(IL4Store store, StoreConfigProvider provider, ConfigLoader loader, TimeProvider time, ILogger<StoreSession> log) : IAsyncDisposable
{
    private const int MaxRaces = 1000;

    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _writing = new(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private volatile StoreState _current = StoreState.Empty;
    private Task _following = Task.CompletedTask;
    private bool _isOpen;
    private volatile bool _isRead;

    /// <summary>The store.</summary>
    public IL4Store Store => store;

    /// <summary>What it had last.</summary>
    public StoreState Current => _current;

    /// <summary>Called after each change of <see cref="Current"/>.</summary>
    public Action? Changed { get; set; }

    /// <summary>Why it is not there at the moment; null while it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>Whether it was ever read: before that nobody knows what it has.</summary>
    public bool IsRead => _isRead;

    /// <summary>Reads it before the first configuration is loaded, and follows it from then on.</summary>
    /// <exception cref="StoreException">It cannot be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(cancellationToken);
        }
        catch (StoreUnavailableException e)
        {
            Lose(e);
        }
        _following = FollowAsync();
    }

    /// <summary>Makes a change, all of it or nothing.</summary>
    /// <param name="plan">Says what is to be changed of a state. Asked again where another gateway was faster.</param>
    /// <param name="isTrial">Whether it is only checked; asked when it is planned.</param>
    /// <param name="cancellationToken">Nobody waits for it any longer.</param>
    /// <exception cref="StoreUnavailableException">The store is not there.</exception>
    public async Task<StoreOutcome> ChangeAsync(Func<StoreState, StorePlan> plan, Func<bool> isTrial, CancellationToken cancellationToken)
    {
        var (outcome, published) = await ChangeInTurnAsync(plan, isTrial, cancellationToken);
        // Others write meanwhile, and many writes are one load. Perhaps it was this gateway's own ear that heard of it first.
        if (published is not null)
            await loader.WaitForAsync(provider, snapshot => snapshot.Revision >= published || _current.StoreId != outcome.State.StoreId, cancellationToken);
        return outcome;
    }

    private async Task<(StoreOutcome Outcome, long? Published)> ChangeInTurnAsync(Func<StoreState, StorePlan> plan, Func<bool> isTrial, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            for (var race = 0; race < MaxRaces; race++)
            {
                var seen = _current;
                try
                {
                    if (await TryChangeAsync(plan, isTrial, cancellationToken) is not { } tried)
                        // Not before what the other one wrote is known here.
                        await ReadAgainAsync(cancellationToken);
                    else if (tried.Outcome.Errors.Count == 0 || !await HasNewerAsync(seen, cancellationToken))
                        return tried;
                }
                catch (Exception e) when (e is not (StoreException or OperationCanceledException))
                {
                    // The plan refuses it. What stood in its way may be gone: another gateway has written, and this one has not heard of it yet.
                    if (!await HasNewerAsync(seen, cancellationToken))
                        throw;
                }
            }
            throw new StoreUnavailableException("Others write all the time.");
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>
    /// Follows it no longer, and lets go of its connections, which may go through this proxy and would be drained with all others. Changes can still be made.
    /// </summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _following;
        await store.RestAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
        _writing.Dispose();
    }

    private async Task<(StoreOutcome Outcome, long? Published)?> TryChangeAsync(Func<StoreState, StorePlan> plan, Func<bool> isTrial, CancellationToken cancellationToken)
    {
        var before = _current;
        var wanted = plan(before);
        List<StoreChange> changes = [.. wanted.Changes.Where(change => change.Item is { } item ? !item.IsSame(before.Find(item.Kind, item.Id)) : before.Find(change.Kind, change.Id) is not null)];
        if (changes.Count == 0)
            return (new(before, IsChanged: false, [], []), provider.GetConfig().Revision);
        var after = before.After(changes, before.Revision + 1);
        var isConfig = changes.Exists(change => StoreConfigProvider.Uses(change.Kind));
        var report = isConfig
            ? loader.CheckWith(provider, StoreConfigProvider.SnapshotOf(after, provider.GetConfig()))
            : new L4ConfigReport([], []);
        if (report.Errors.Count > 0 || isTrial())
            return (new(after, IsChanged: true, report.Errors, report.Warnings), null);
        if (Problem is { } problem)
            throw new StoreUnavailableException(problem);
        var write = new StoreWrite(before.Revision, changes, wanted.Actor, wanted.Action, time.GetUtcNow()) { StoreId = before.StoreId };
        if (!await store.TryWriteAsync(write, cancellationToken))
            return null;
        Adopt(after, before);
        return (new(after, IsChanged: true, [], report.Warnings), isConfig ? provider.GetConfig().Revision : null);
    }

    private async Task<bool> HasNewerAsync(StoreState seen, CancellationToken cancellationToken)
    {
        if (Problem is not null)
            return false;
        try
        {
            await ReadAgainAsync(cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return false;
        }
        return _current != seen;
    }

    private async Task FollowAsync()
    {
        var pause = s_shortestPause;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                // One that was lost may have changed, or nothing of it: it is asked until it answers.
                if (_isOpen && Problem is null)
                    await store.WaitForChangeAsync(_current.Revision, _stop.Token);
                await ReadAsync(_stop.Token);
                pause = s_shortestPause;
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Lose(e);
                await Task.Delay(pause, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
            }
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (!_isOpen)
            await store.OpenAsync(cancellationToken);
        _isOpen = true;
        await ReadAgainAsync(cancellationToken);
        _isRead = true;
        Changed?.Invoke();
        if (Problem is not null)
            log.StoreFound(store.Name, _current.Revision);
        Problem = null;
    }

    private void Lose(Exception e)
    {
        if (Problem is null)
            log.StoreLost(e, store.Name, _current.Revision);
        Problem = e.Message;
    }

    private async Task ReadAgainAsync(CancellationToken cancellationToken)
    {
        var known = _current;
        Adopt(await store.ReadAsync(known, cancellationToken), known);
    }

    /// <summary>Has a newer state in force soon, or an older one where the store was restored or is another one.</summary>
    /// <param name="state">It.</param>
    /// <param name="known">What was current when it was asked for: it goes back only from there, as a read that was overtaken by a write is only late.</param>
    private void Adopt(StoreState state, StoreState known)
    {
        lock (_gate)
        {
            var isLater = state.StoreId == _current.StoreId && state.Revision > _current.Revision;
            var isOther = ReferenceEquals(known, _current) && (state.StoreId != _current.StoreId || state.Revision < _current.Revision);
            if (!isLater && !isOther)
                return;
            _current = state;
            provider.Publish(state);
        }
        Changed?.Invoke();
    }
}
