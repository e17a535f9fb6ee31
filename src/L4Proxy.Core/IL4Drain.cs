namespace L4Proxy;

/// <summary>
/// Takes this process out of service while it runs, as HAProxy's <c>disable frontend</c> does: its own listeners close, it is not ready, and
/// what is connected goes on. It is forgotten when the process ends. Found in DI.
/// </summary>
public interface IL4Drain
{
    /// <summary>Whether it takes nothing new: since <see cref="Drain"/>, or because the host stops.</summary>
    bool IsDraining { get; }

    /// <summary>
    /// Closes the proxy's own listeners; connections and UDP flows go on. On listeners that are shared with Kestrel clients are still taken:
    /// it is by readiness that a load balancer sees it there. Called again it changes nothing.
    /// </summary>
    void Drain();

    /// <summary>Opens them again, as the configuration that is in force by then says. Without a drain before, or when the host stops, it changes nothing.</summary>
    void Undrain();
}
