namespace L4Proxy.Hosting.Tests.Api;

/// <summary>The time of day as a test wants it; timers run as they do.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long _shift;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _shift));

    public void Pass(TimeSpan time) => Interlocked.Add(ref _shift, time.Ticks);
}
