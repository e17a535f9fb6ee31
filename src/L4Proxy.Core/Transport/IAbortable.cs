namespace L4Proxy.Transport;

/// <summary>What can be ended at once from any thread: a connection, or the dialling of several.</summary>
internal interface IAbortable
{
    /// <summary>Ends it; what is under way ends with <see cref="TransportStatus.Aborted"/>. Idempotent.</summary>
    void Abort();
}
