namespace L4Proxy.Transport;

/// <summary>
/// Moves bytes of one connection to another inside the kernel: <see cref="Fill"/>, then <see cref="DrainAsync"/>, in turn. Held only
/// while there are bytes. Disposed with bytes still in it, they are lost.
/// </summary>
internal abstract class TransportPipe : IDisposable
{
    /// <summary>
    /// Takes what has arrived, without waiting: <see cref="TransportStatus.Canceled"/> when there is nothing; 0 bytes with
    /// <see cref="TransportStatus.Ok"/> is FIN.
    /// </summary>
    public abstract TransportResult Fill();

    /// <summary>Sends all of it on; says how many bytes the kernel took, also where it failed.</summary>
    public abstract ValueTask<TransportResult> DrainAsync();

    public abstract void Dispose();
}
