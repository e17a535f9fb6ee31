namespace L4Proxy.Timing;

/// <summary>
/// Something that happens at a time unless it is cancelled: an idle timeout, a connect timeout. It is the timer's own
/// list node, so arming it allocates nothing. It belongs to the one <see cref="TimerWheel"/> it is scheduled on.
/// </summary>
internal abstract class Deadline
{
    /// <summary>Neighbours in a <see cref="DeadlineList"/>; null when in none. Guarded by the wheel's lock.</summary>
    internal Deadline? Next { get; set; }

    /// <inheritdoc cref="Next"/>
    internal Deadline? Previous { get; set; }

    /// <summary>The first tick at which the time has come. Guarded by the wheel's lock.</summary>
    internal long DueTick { get; set; }

    /// <summary>Called by the wheel, and by nothing else.</summary>
    internal void Expire(long now) => OnExpired(now);

    /// <summary>
    /// The time has come. Runs outside every lock, one deadline of the wheel at a time, so it must be short and never
    /// wait. It may schedule or cancel any deadline, itself included. A cancellation on another thread that comes
    /// after this has begun is too late: the state that both touch needs its own guard.
    /// </summary>
    /// <param name="now">Milliseconds, on the scale of the due time; never before it.</param>
    protected abstract void OnExpired(long now);
}
