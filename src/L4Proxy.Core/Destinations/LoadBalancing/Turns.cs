namespace L4Proxy.Destinations.LoadBalancing;

/// <summary>
/// Whose turn it is among the same destinations, in the smooth weighted order of <see cref="RoundRobin"/>. A turn is worked out when it is first taken, under a gate; after a round of as
/// many turns as the weights have in sum all come again in the same order, and taking one is an atomic increment.
/// </summary>
/// <remarks>
/// The credits that destinations have from before make a first round that may differ from the others: then a second one is worked out. Where a round were longer than
/// <see cref="Longest"/> the turns never come again: each time that many are worked out.
/// </remarks>
internal sealed class Turns
{
    internal const int Longest = 16_384;

    // At first one at a time: where what is available changes with every connection, no more are needed.
    private const int AtOnce = 64;

    private readonly DestinationModel[] _destinations;
    private readonly Lock _gate;
    private readonly long _total;

    /// <summary>After the last turn that was worked out.</summary>
    private readonly long[] _credits;

    private volatile Stretch? _stretch;

    /// <summary>The turns of these, which begin with the credits that they have. The gate must be held.</summary>
    public Turns(DestinationModel[] destinations, Lock gate)
    {
        (_destinations, _gate) = (destinations, gate);
        _total = WeightedDraw.TotalOf(destinations);
        _credits = Array.ConvertAll(destinations, TakeCredit);
        if (_total > 0)
            _stretch = new(LengthOf(destinations), _credits);
    }

    /// <summary>Whether they are those of these very destinations.</summary>
    public bool AreOf(ReadOnlySpan<DestinationModel> destinations) => destinations == new ReadOnlySpan<DestinationModel>(_destinations);

    /// <summary>Takes the next turn: whose it is, or null where nobody has a weight. From any thread.</summary>
    public DestinationModel? Take()
    {
        while (_stretch is { } stretch)
        {
            var turn = Interlocked.Increment(ref stretch.Taken) - 1;
            if (turn >= stretch.Length && !stretch.Repeats && !EndsAsItBegan(stretch))
                continue;
            var place = (int)(turn % stretch.Length);
            if (place >= Volatile.Read(ref stretch.Known))
                WorkOut(stretch, place + 1 + Math.Min(place, AtOnce));
            return _destinations[stretch.Order[place]];
        }
        return null;
    }

    /// <summary>Gives the credits back that destinations have after the turns that were taken. The gate must be held, and the turns be used no longer.</summary>
    public void Settle()
    {
        if (_stretch is not { } stretch)
            return;
        var taken = Volatile.Read(ref stretch.Taken);
        var turns = (int)(stretch.Repeats ? taken % stretch.Length : Math.Min(taken, stretch.Length));
        WorkOut(stretch, turns);
        for (var i = 0; i < _destinations.Length; i++)
            _destinations[i].State.RoundRobinCredit += stretch.Start[i] + ((long)turns * _destinations[i].Share);
        foreach (var one in stretch.Order.AsSpan(0, turns))
            _destinations[one].State.RoundRobinCredit -= _total;
    }

    /// <summary>As many as a round has, but no more than may be kept.</summary>
    private int LengthOf(DestinationModel[] destinations)
    {
        var divisor = 0L;
        foreach (var destination in destinations)
        {
            for (long share = destination.Share; share != 0;)
                (divisor, share) = (share, divisor % share);
        }
        return (int)Math.Min(_total / divisor, Longest);
    }

    /// <summary>Among the same a credit never leaves these bounds. One earned beside a heavyweight that is gone since could, and would then give its owner every turn for long.</summary>
    private long TakeCredit(DestinationModel destination)
    {
        if (destination.Share == 0)
            return 0;
        var credit = Math.Clamp(destination.State.RoundRobinCredit, -_total, _total);
        destination.State.RoundRobinCredit = 0;
        return credit;
    }

    private bool EndsAsItBegan(Stretch stretch)
    {
        lock (_gate)
        {
            if (stretch != _stretch)
                return false;
            WorkOut(stretch, stretch.Length);
            stretch.Repeats = stretch.Start.AsSpan().SequenceEqual(_credits);
            if (!stretch.Repeats)
                _stretch = new(stretch.Length, _credits);
            return stretch.Repeats;
        }
    }

    private void WorkOut(Stretch stretch, int turns)
    {
        lock (_gate)
        {
            // One that is over is known to its end.
            var (order, most) = (stretch.Order, Math.Min(turns, stretch.Length));
            if (most > order.Length)
                Array.Resize(ref order, Math.Min(stretch.Length, Math.Max(most, 2 * order.Length)));
            for (var known = stretch.Known; known < most; known++)
                order[known] = WorkOutOne();
            stretch.Order = order;
            Volatile.Write(ref stretch.Known, Math.Max(stretch.Known, most));
        }
    }

    private int WorkOutOne()
    {
        var best = -1;
        for (var i = 0; i < _destinations.Length; i++)
        {
            if (_destinations[i].Share is not (> 0 and var share))
                continue;
            _credits[i] += share;
            if (best < 0 || _credits[i] > _credits[best])
                best = i;
        }
        _credits[best] -= _total;
        return best;
    }

    /// <summary>Turns in a row.</summary>
    private sealed class Stretch(int length, long[] credits)
    {
        /// <summary>How many.</summary>
        public readonly int Length = length;

        /// <summary>Indexes, as far as they are known; it grows. What <see cref="Known"/> says is in the one that is read after it.</summary>
        public volatile int[] Order = new int[Math.Min(length, AtOnce)];

        /// <summary>Credits before the first of them.</summary>
        public readonly long[] Start = [.. credits];

        /// <summary>How many were taken.</summary>
        public long Taken;

        /// <summary>How many are worked out.</summary>
        public int Known;

        /// <summary>Whether the first comes after the last.</summary>
        public volatile bool Repeats;
    }
}
