using L4Proxy.Transport;

namespace L4Proxy.Udp;

/// <summary>
/// What the flows of one client address share, for as long as one of them lives: where they go. Whichever of them chooses
/// first chooses for all. Safe from any thread.
/// </summary>
internal sealed class SessionAffinity(object scope, DatagramAddress host)
{
    private object? _target;

    /// <summary>Within what they share it, such as a cluster.</summary>
    public object Scope { get; } = scope;

    /// <summary>The client, without its port.</summary>
    public DatagramAddress Host { get; } = host;

    /// <summary>What was chosen; null before that.</summary>
    public object? Target => Volatile.Read(ref _target);

    /// <summary>How many flows share it. Guarded by the lock of <see cref="SessionAffinities"/>.</summary>
    internal int Sessions { get; set; }

    /// <summary>Chooses, unless another flow has: what counts from now on.</summary>
    public T Claim<T>(T candidate)
        where T : class => (T)(Interlocked.CompareExchange(ref _target, candidate, null) ?? candidate);

    /// <summary>Chooses anew because <paramref name="old"/> is of no use any more, unless another flow has done so already: what counts from now on.</summary>
    public T Replace<T>(T old, T candidate)
        where T : class
    {
        var seen = Interlocked.CompareExchange(ref _target, candidate, old);
        return seen == old ? candidate : (T)seen!;
    }
}
