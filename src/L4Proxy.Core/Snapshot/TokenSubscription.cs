using Microsoft.Extensions.Primitives;

namespace L4Proxy.Snapshot;

/// <summary>Waits for one token, and tells apart one that had fired already.</summary>
internal sealed class TokenSubscription : IDisposable
{
    private const int Registering = 0;
    private const int Following = 1;
    private const int Fired = 2;

    private readonly Action _fired;
    private IDisposable? _registration;
    private int _state = Registering;

    private TokenSubscription(Action fired) => _fired = fired;

    /// <summary>Whether the token had fired before it could be followed; then nothing more is heard of it.</summary>
    public bool HasFiredAtOnce { get; private set; }

    /// <summary>Calls <paramref name="fired"/> once the token fires.</summary>
    public static TokenSubscription To(IChangeToken token, Action fired)
    {
        var subscription = new TokenSubscription(fired);
        subscription._registration = token.RegisterChangeCallback(static me => ((TokenSubscription)me!).OnFired(), subscription);
        subscription.HasFiredAtOnce = token.HasChanged || subscription._state == Fired;
        if (!subscription.HasFiredAtOnce && Interlocked.CompareExchange(ref subscription._state, Following, Registering) == Fired)
            subscription.HasFiredAtOnce = true;
        return subscription;
    }

    public void Dispose() => _registration?.Dispose();

    private void OnFired()
    {
        if (Interlocked.Exchange(ref _state, Fired) == Following)
            _fired();
    }
}
