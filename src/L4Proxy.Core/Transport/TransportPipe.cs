namespace L4Proxy.Transport;

/// <summary>
/// Moves bytes of one connection to another: <see cref="FillAsync"/>, then <see cref="DrainAsync"/>, in turn. Held only
/// while there are bytes. Disposed with bytes still in it, they are lost.
/// </summary>
internal abstract class TransportPipe : IDisposable
{
    /// <summary>Less than this in one go proves that what comes is not bulky.</summary>
    public abstract int LeastOfBulk { get; }

    /// <summary>Takes what has arrived, as <see cref="TransportConnection.TakeAsync"/> does.</summary>
    public abstract ValueTask<TransportResult> FillAsync();

    /// <summary>Sends on what it was filled with.</summary>
    public abstract ValueTask<TransportStatus> DrainAsync(int count);

    /// <summary>After a failed drain: how many bytes the kernel did not take, as far as it is known.</summary>
    public abstract int Left { get; }

    public abstract void Dispose();
}
