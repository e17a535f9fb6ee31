namespace L4Proxy.Transport;

/// <summary>What the kernel holds of what was sent, until the peer's has acknowledged it.</summary>
/// <param name="Bytes">How much, FIN counted as a byte; 0 also where it is not known.</param>
/// <param name="SinceSent">Milliseconds since bytes last went out, asked only when there are none left; null where it is not known.</param>
internal readonly record struct SendQueue(int Bytes, long? SinceSent);
