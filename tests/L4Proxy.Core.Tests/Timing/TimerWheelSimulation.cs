using L4Proxy.Timing;

namespace L4Proxy.Core.Tests.Timing;

/// <summary>One run of random events on a wheel and on a list that is searched from end to end.</summary>
internal sealed class TimerWheelSimulation
{
    private const int Deadlines = 300;

    private readonly List<RecordingDeadline> _deadlines = [];
    private readonly Dictionary<RecordingDeadline, Armed> _model = [];
    private readonly List<RecordingDeadline> _fired = [];
    private readonly TimerWheel _wheel = new(exception => throw new InvalidOperationException("A deadline threw.", exception));
    private Random _random = new(0);
    private long _now;
    private bool _advancing;

    public TimerWheelSimulation()
    {
        for (var i = 0; i < Deadlines; i++)
            _deadlines.Add(new RecordingDeadline(OnFired));
    }

    /// <summary>One event, and how many deadlines it fired; <paramref name="seed"/> decides what it is, so that a failure shrinks to few of them.</summary>
    public int Step(int seed)
    {
        _random = new Random(seed);
        var deadline = _deadlines[_random.Next(Deadlines)];
        switch (_random.Next(10))
        {
            case < 5:
                Schedule(deadline, RandomDue());
                return 0;
            case < 7:
                Assert.Equal(_model.Remove(deadline), _wheel.Cancel(deadline));
                return 0;
            default:
                return Advance();
        }
    }

    private void Schedule(RecordingDeadline deadline, long due)
    {
        _wheel.Schedule(deadline, due);
        _model[deadline] = new Armed(due, _now / 100);
    }

    private long RandomDue() => _random.Next(9) switch
    {
        0 => _now - _random.Next(500),
        1 => _now + _random.Next(300),
        2 => _now + _random.Next(7_000),
        3 => _now + _random.Next(60_000),
        4 => _now + _random.Next(600_000),
        5 => _now + _random.Next(86_400_000),
        6 => (_now / 6_400 * 6_400) + (_random.Next(-2, 70) * 6_400),
        7 => _now + _random.NextInt64(TimeSpan.MillisecondsPerDay * 4_000),
        _ => long.MaxValue,
    };

    private long RandomStep() => _random.Next(1_000) switch
    {
        < 500 => _random.Next(110),
        < 900 => _random.Next(2_000),
        < 990 => _random.Next(500_000),
        < 999 => _random.Next(100_000_000),
        _ => _random.NextInt64(TimeSpan.MillisecondsPerDay * 1_000),
    };

    private int Advance()
    {
        _now += RandomStep();
        var tick = _now / 100;
        var expected = _model
            .Where(entry => entry.Value.Due <= tick * 100 && entry.Value.SinceTick < tick)
            .Select(entry => entry.Key).ToHashSet();
        _fired.Clear();
        _advancing = true;
        _wheel.Advance(_now);
        _advancing = false;
        Assert.True(expected.SetEquals(_fired), $"at {_now}: {expected.Count} should have fired, {_fired.Count} did");
        Assert.Equal(expected.Count, _fired.Count);
        return _fired.Count;
    }

    private void OnFired(RecordingDeadline deadline, long now)
    {
        Assert.True(_advancing);
        Assert.Equal(_now, now);
        _fired.Add(deadline);
        Assert.True(_model.Remove(deadline), "fired without being armed");
        deadline.Fired.Clear();
        if (_random.Next(3) == 0)
            Schedule(deadline, RandomDue());
    }

    private readonly record struct Armed(long Due, long SinceTick);
}
