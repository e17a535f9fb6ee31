namespace L4Proxy.Transport.Linux.Reactors;

/// <summary>A descriptor's owner, told on its reactor's thread.</summary>
internal interface IReadiness
{
    /// <summary>Something has changed since the last time.</summary>
    void OnReady(EpollEvents events);

    /// <summary>It had asked to be called again in the next turn.</summary>
    void OnTurn();
}
