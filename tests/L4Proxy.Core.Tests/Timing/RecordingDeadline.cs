using L4Proxy.Timing;

namespace L4Proxy.Core.Tests.Timing;

/// <summary>Notes when it fired, then does what the test wants.</summary>
internal sealed class RecordingDeadline(Action<RecordingDeadline, long>? then = null) : Deadline
{
    public List<long> Fired { get; } = [];

    protected override void OnExpired(long now)
    {
        Fired.Add(now);
        then?.Invoke(this, now);
    }
}
