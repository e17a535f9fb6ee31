namespace L4Proxy.Transport;

/// <summary>What was taken, or how a wait for it ended.</summary>
/// <param name="Bytes">Bytes taken; none with <see cref="TransportStatus.Ok"/> is FIN. Of a wait always none.</param>
/// <param name="Status">How it ended.</param>
internal readonly record struct TransportResult(int Bytes, TransportStatus Status);
