using L4Proxy.Api.Objects;
using L4Proxy.Store;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace L4Proxy.Api.Owners;

/// <summary>
/// Sees to owners whose lease is over. It sleeps until the first one is, at least a second, and for ever where nobody has a lease. Every gateway does so: whoever is first writes, and the
/// others find it done.
/// </summary>
internal sealed class LeaseSweeper(StoreSession store, ObjectWriter writer, TimeProvider time, ILogger<LeaseSweeper> log) : IHostedService, IDisposable
{
    private const string Actor = "lease";

    private static readonly TimeSpan s_shortestPause = TimeSpan.FromSeconds(1);
    // The most that a timer takes is 49 days.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromDays(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _isSweeping;
    private DateTimeOffset _sweptAt;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        store.Changed += Schedule;
        Schedule();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        store.Changed -= Schedule;
        await _stop.CancelAsync();
        lock (_gate)
            _timer?.Dispose();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Has the timer wake for the lease that is over first.</summary>
    private void Schedule()
    {
        var first = store.Current[StoreKind.Owner].Values.Min(owner => OwnerLease.Of(owner).EndsAt);
        lock (_gate)
        {
            if (_stop.IsCancellationRequested || _isSweeping || (first is null && _timer is null))
                return;
            _timer ??= time.CreateTimer(static me => _ = ((LeaseSweeper)me!).SweepAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(first is { } end ? PauseUntil(end) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private TimeSpan PauseUntil(DateTimeOffset end)
    {
        var now = time.GetUtcNow();
        var (until, rest) = (end - now, _sweptAt + s_shortestPause - now);
        until = until > rest ? until : rest;
        return until < TimeSpan.Zero ? TimeSpan.Zero : until > s_longestPause ? s_longestPause : until;
    }

    private async Task SweepAsync()
    {
        lock (_gate)
        {
            if (_isSweeping || _stop.IsCancellationRequested)
                return;
            (_isSweeping, _sweptAt) = (true, time.GetUtcNow());
        }
        try
        {
            foreach (var owner in store.Current[StoreKind.Owner].Values.Where(IsOver))
                await ExpireAsync(owner.Id);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (StoreUnavailableException)
        {
            // Its session says so. It is tried again.
        }
        catch (Exception e)
        {
            log.LeasesNotSwept(e);
        }
        lock (_gate)
            _isSweeping = false;
        Schedule();
    }

    private async Task ExpireAsync(string owner)
    {
        var lease = OwnerLease.Of(store.Current[StoreKind.Owner][owner]);
        if (lease.OnExpiry == LeaseExpiry.Remove)
        {
            var removed = 0;
            var outcome = await store.ChangeAsync(state => PlanOf(state, owner, WhatGoes(state, owner), ref removed), static () => false, _stop.Token);
            if (outcome.Errors.Count == 0)
            {
                if (outcome.IsChanged)
                    log.OwnerRemoved(owner, removed, lease.RenewedAt);
                return;
            }
            log.OwnerNotRemoved(owner, string.Join("; ", outcome.Errors));
        }
        var none = 0;
        if ((await store.ChangeAsync(state => PlanOf(state, owner, [], ref none), static () => false, _stop.Token)).IsChanged)
            log.OwnerStale(owner, lease.RenewedAt);
    }

    /// <summary>What is changed of an owner whose lease is over. Nothing where it was heard of meanwhile, or another gateway has seen to it.</summary>
    private StorePlan PlanOf(StoreState state, string owner, List<StoreChange> removals, ref int removed)
    {
        var action = $"expire {owner}";
        if (state.Find(StoreKind.Owner, owner) is not { } item || !IsOver(item))
            return new StorePlan([], Actor, action);
        removed = removals.Count;
        return new StorePlan([.. writer.WithClaims(state, removals, owner), StoreChange.Put((OwnerLease.Of(item) with { IsStale = true }).ToItem())], Actor, action);
    }

    // A pool that others have ports of stays theirs.
    private static List<StoreChange> WhatGoes(StoreState state, string owner)
    {
        var needed = OwnerObjects.NeededByOthers(state, owner).Select(given => given.Pool).ToHashSet();
        return [.. OwnerObjects.Of(state, owner).Where(item => item.Kind != StoreKind.Pool || !needed.Contains(item.Id)).Select(StoreChange.Remove)];
    }

    private bool IsOver(StoreItem owner) => OwnerLease.Of(owner).EndsAt is { } end && end <= time.GetUtcNow();
}
