namespace L4Proxy.Transport;

/// <summary>What a receive brought.</summary>
/// <param name="Bytes">Bytes received; 0 with <see cref="TransportStatus.Ok"/> into a non-empty buffer is FIN.</param>
/// <param name="Status">How it ended.</param>
internal readonly record struct TransportResult(int Bytes, TransportStatus Status);
