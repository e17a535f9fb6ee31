using System.Numerics;

namespace L4Proxy.Timing;

/// <summary>
/// A hierarchical timer wheel (Varghese and Lauck, 1987, scheme 7) without a clock of its own: whoever owns it calls
/// <see cref="Advance"/>. Five levels of 64 slots: a slot of level 0 is one tick of 100 ms, a slot of each next level
/// is a whole turn of the one below, so the top turn is over three years. A deadline is put into the coarsest slot
/// that tells it from now and moves down a level each time that slot is reached: at most four times in its life.
/// <para>
/// A deadline never fires before its time, and fires in the first <see cref="Advance"/> that is less than one tick
/// after it or later.
/// </para>
/// </summary>
/// <param name="onError">Told what a deadline threw; the others go on.</param>
internal sealed class TimerWheel(Action<Exception> onError)
{
    /// <summary>The length of a tick, in milliseconds.</summary>
    public const int TickMilliseconds = 100;

    private const int SlotBits = 6;
    private const int SlotsPerLevel = 1 << SlotBits;
    private const int Levels = 5;
    private const long Horizon = 1L << (SlotBits * Levels);

    /// <summary>How many deadlines move down before the lock is let go for those who wait for it.</summary>
    private const int CascadeBatch = 128;

    private readonly Lock _lock = new();
    private readonly DeadlineList[] _slots = MakeSlots();

    /// <summary>A bit a slot, by level. A set bit may stand for a slot that cancellation has emptied since.</summary>
    private readonly ulong[] _occupied = new ulong[Levels];

    /// <summary>What comes from a reached slot above level 0 and is to be put into a finer one.</summary>
    private readonly DeadlineList _cascading = new();

    private readonly DeadlineList _expired = new();
    private long _currentTick;

    /// <summary>
    /// Arms <paramref name="deadline"/>, or moves it if it is armed. It fires in a later <see cref="Advance"/>, never
    /// inside this call, also when the time is already past.
    /// </summary>
    /// <param name="deadline">What to do then.</param>
    /// <param name="dueMilliseconds">On the scale that <see cref="Advance"/> is given; <see cref="long.MaxValue"/> is never.</param>
    public void Schedule(Deadline deadline, long dueMilliseconds)
    {
        var dueTick = CeilingTick(dueMilliseconds);
        lock (_lock)
        {
            DeadlineList.Remove(deadline);
            deadline.DueTick = Math.Max(dueTick, _currentTick + 1);
            Place(deadline);
        }
    }

    /// <summary>
    /// Disarms <paramref name="deadline"/>. True: it was armed and will not fire. False: it was not armed, has fired,
    /// or is firing on the clock's thread at this moment.
    /// </summary>
    public bool Cancel(Deadline deadline)
    {
        lock (_lock)
        {
            return DeadlineList.Remove(deadline);
        }
    }

    /// <summary>
    /// Moves to <paramref name="nowMilliseconds"/> and fires everything due, in the order of ticks. However far the
    /// jump, the cost is that of the slots in use. A time that does not lie ahead does nothing. One call at a time.
    /// </summary>
    public void Advance(long nowMilliseconds)
    {
        var target = nowMilliseconds / TickMilliseconds;
        while (Step(target))
        {
            while (Cascade())
            {
            }
        }

        while (TakeExpired() is { } deadline)
        {
            Fire(deadline, nowMilliseconds);
        }
    }

    private static DeadlineList[] MakeSlots()
    {
        var slots = new DeadlineList[Levels * SlotsPerLevel];
        for (var i = 0; i < slots.Length; i++)
        {
            slots[i] = new DeadlineList();
        }

        return slots;
    }

    private static long CeilingTick(long milliseconds)
    {
        (long ticks, long rest) = Math.DivRem(milliseconds, TickMilliseconds);
        return rest > 0 ? ticks + 1 : ticks;
    }

    /// <summary>Goes on to the next tick with a slot in use, at most to <paramref name="target"/>, and empties its slots. False once there.</summary>
    private bool Step(long target)
    {
        lock (_lock)
        {
            if (_currentTick >= target)
                return false;

            _currentTick = Math.Min(target, NextOccupiedTick());
            for (var level = 0; level < Levels; level++)
            {
                var shift = level * SlotBits;
                if ((_currentTick >> shift) << shift != _currentTick)
                    break;

                EmptySlot(level);
            }

            return true;
        }
    }

    private long NextOccupiedTick()
    {
        var next = long.MaxValue;
        for (var level = 0; level < Levels; level++)
        {
            var position = _currentTick >> (level * SlotBits);

            // Bit 0 is the slot after the current one, bit 63 is a whole turn away.
            var ahead = BitOperations.RotateRight(_occupied[level], (int)((position + 1) % SlotsPerLevel));
            if (ahead != 0)
            {
                var distance = BitOperations.TrailingZeroCount(ahead) + 1;
                next = Math.Min(next, (position + distance) << (level * SlotBits));
            }
        }

        return next;
    }

    private void EmptySlot(int level)
    {
        var slot = SlotOf(_currentTick, level);
        var bit = 1UL << slot;
        if ((_occupied[level] & bit) != 0)
        {
            _occupied[level] &= ~bit;
            (level == 0 ? _expired : _cascading).TakeAll(_slots[(level * SlotsPerLevel) + slot]);
        }
    }

    /// <summary>Moves a batch down a level or more. False once nothing is left.</summary>
    private bool Cascade()
    {
        lock (_lock)
        {
            for (var i = 0; i < CascadeBatch; i++)
            {
                if (_cascading.RemoveFirst() is not { } deadline)
                    return false;

                Place(deadline);
            }

            return true;
        }
    }

    private void Place(Deadline deadline)
    {
        var distance = deadline.DueTick - _currentTick;
        if (distance <= 0)
        {
            _expired.Add(deadline);
            return;
        }

        // What lies beyond the horizon waits in the last slot before it and is placed again from there.
        distance = Math.Min(distance, Horizon - 1);
        var level = BitOperations.Log2((ulong)distance) / SlotBits;
        var slot = SlotOf(_currentTick + distance, level);
        _occupied[level] |= 1UL << slot;
        _slots[(level * SlotsPerLevel) + slot].Add(deadline);
    }

    private static int SlotOf(long tick, int level) => (int)(tick >> (level * SlotBits)) & (SlotsPerLevel - 1);

    private Deadline? TakeExpired()
    {
        lock (_lock)
        {
            return _expired.RemoveFirst();
        }
    }

    private void Fire(Deadline deadline, long now)
    {
        try
        {
            deadline.Expire(now);
        }
        catch (Exception exception)
        {
            onError(exception);
        }
    }
}
