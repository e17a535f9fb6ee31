using L4Proxy.Destinations.Health.Probing;

namespace L4Proxy.Destinations.Health;

/// <summary>
/// What probes say of a destination, counted: the first answer of a series decides alone, and then as many in a row as the check says turn it round. It
/// works until something else is known. An agent's answer holds at once. From any thread.
/// </summary>
internal sealed class ProbedHealth(ClusterState cluster)
{
    private readonly Lock _gate = new();
    private volatile ProbedVerdict _verdict = ProbedVerdict.Good;
    private volatile LastProbe? _last;
    private long _successes;
    private long _failures;
    private int _series;
    private int _rise;
    private int _fall;
    private bool _isFirst;
    private int _contrary;

    /// <summary>Whether it may get new connections and flows.</summary>
    public bool TakesNew => _verdict.Status == ProbedStatus.Up;

    /// <inheritdoc cref="ProbedStatus"/>
    public ProbedStatus Status => _verdict.Status;

    /// <inheritdoc cref="ProbedVerdict.WeightPercent"/>
    public int WeightPercent => _verdict.WeightPercent;

    /// <inheritdoc cref="ProbedVerdict.MaxConnections"/>
    public int? MaxConnections => _verdict.MaxConnections;

    /// <inheritdoc cref="ProbedVerdict.Reason"/>
    public string? Reason => _verdict.Reason;

    /// <summary>The last probe that said something; null where there was none.</summary>
    public LastProbe? Last => _last;

    /// <summary>Probes that it has answered as it should.</summary>
    public long Successes => Volatile.Read(ref _successes);

    /// <summary>Probes that it has not.</summary>
    public long Failures => Volatile.Read(ref _failures);

    /// <summary>Another check begins: it counts anew, and what is known holds until its first answer.</summary>
    /// <param name="rise">Successes in a row that turn it up.</param>
    /// <param name="fall">Failures in a row that turn it down.</param>
    /// <returns>What its answers are noted with.</returns>
    public int Begin(int rise, int fall)
    {
        lock (_gate)
        {
            (_rise, _fall, _isFirst, _contrary) = (rise, fall, true, 0);
            return ++_series;
        }
    }

    /// <summary>The check has ended: what it still says counts no more, and what is known stays.</summary>
    public void End()
    {
        lock (_gate)
            _series++;
    }

    /// <summary>Nothing checks it any more: it works, as far as is known.</summary>
    public ProbedChange Forget()
    {
        if (_verdict == ProbedVerdict.Good)
            return default;
        lock (_gate)
        {
            _series++;
            return Set(ProbedVerdict.Good);
        }
    }

    /// <summary>A probe has ended.</summary>
    /// <param name="series">What its check began with; those of earlier ones count no more.</param>
    /// <param name="outcome">What it says.</param>
    /// <param name="at">When it ended.</param>
    /// <param name="took">How long it took.</param>
    public ProbedChange Note(int series, in ProbeOutcome outcome, DateTimeOffset at, TimeSpan took)
    {
        lock (_gate)
        {
            if (series != _series || outcome.Status == ProbeStatus.Unknown)
                return default;
            var isSuccess = outcome.Status == ProbeStatus.Succeeded;
            _last = new(at, took, isSuccess ? null : outcome.Detail);
            Interlocked.Increment(ref isSuccess ? ref _successes : ref _failures);
            var isFirst = _isFirst;
            _isFirst = false;
            if (outcome.Agent is { } answer)
                return Set((isFirst ? ProbedVerdict.Good : _verdict).After(answer));
            return isFirst || IsTurned(isSuccess) ? Set(isSuccess ? ProbedVerdict.Good : new() { IsDown = true, Reason = outcome.Detail }) : default;
        }
    }

    private bool IsTurned(bool isSuccess)
    {
        _contrary = isSuccess == _verdict.IsDown ? _contrary + 1 : 0;
        if (_contrary < (isSuccess ? _rise : _fall))
            return false;
        _contrary = 0;
        return true;
    }

    private ProbedChange Set(ProbedVerdict verdict)
    {
        var before = _verdict;
        if (verdict == before)
            return default;
        _verdict = verdict;
        if (before with { Reason = verdict.Reason } != verdict)
            cluster.NoteChange();
        return new(before.Status, verdict.Status);
    }
}
